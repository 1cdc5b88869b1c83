#include "core/store/define.h"

#include "core/store/identity.h"

namespace virtsql {
namespace {

// Forgets the document's order, so that the catalog's holds. Throws xml::Error if something has no column.
void take_usual_order(Row& row) {
  row.layout = {};
  if (row.vendor)
    throw xml::Error("the catalog does not know " + std::string(row.vendor->name) + " in " + row.element->path);
  for_each_child(row, take_usual_order);
}

}  // namespace

Defined Definer::define(std::string_view xml, std::string_view root, const std::string& host) {
  Document document;
  document.parse(xml);
  const Element& element = described_root(catalog, document.tree());
  if (element.name != root) throw xml::Error("the XML is a <" + element.name + ">, not a <" + std::string(root) + ">");
  document.shred(document.tree(), element);
  take_usual_order(document.rows());
  document.rows_changed();

  Savepoint savepoint(database);
  const RootState state = RootState::managed(host.empty() ? 0 : hosts.id(host));
  Defined out;
  out.id = element.table->is_vm() ? follower.find(identify_vm(document, host))
                                  : objects.find(document.rows(), state.host_id);
  if (out.id == 0) out = {rows.insert(document.rows(), state), true};
  savepoint.release();
  return out;
}

}  // namespace virtsql
