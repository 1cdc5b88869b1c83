// xml_leaves(xml): where each attribute and text of a document is kept.
//
//   SELECT * FROM xml_leaves(readfile('web.xml')) WHERE kept = 'vendor';
//
// In the document's order. The XML is a <domain>, the element of one of its devices, as device_xml() gives it, or the
// document of anything else that has rows: a <network>, a <pool>. `kept` is column, json (inside a stored JSON column),
// vendor (in vendor_options) or secret (not kept). The document is shredded as for storing; nothing is written.
#include <algorithm>

#include "core/rows/document.h"
#include "sqlite_ext/table_function.h"

namespace virtsql::extension {
namespace {

struct Entry {
  std::string path;
  std::string value;
  std::string_view kept;
  std::string table;
  std::string column;
};

std::string_view kept_name(Leaf::Kept kept) {
  switch (kept) {
    case Leaf::Kept::kColumn:
      return "column";
    case Leaf::Kept::kJson:
      return "json";
    case Leaf::Kept::kSecret:
      return "secret";
    case Leaf::Kept::kVendor:
      break;
  }
  return "vendor";
}

const Columns<Entry> kColumns = {{"path TEXT", &Entry::path},
                                 {"value TEXT", &Entry::value},
                                 {"kept TEXT", &Entry::kept},
                                 {"table_name TEXT", &Entry::table},
                                 {"column_name TEXT", &Entry::column}};

// The device of the name below the element; nullptr if there is none.
const Element* device(const Element& within, std::string_view name) {
  for (const Element* child : within.children) {
    if (within.holds_devices && child->name == name) return child;
    if (const Element* found = device(*child, name)) return found;
  }
  return nullptr;
}

// Whether the document says its thing's name in an attribute, as an <interface> of a host does and one of a VM not.
bool has_name(const xml::Node& document, const Element& root) {
  return std::any_of(root.attributes.begin(), root.attributes.end(), [&](const Attribute& attribute) {
    return attribute.column->name == root.table->named && document.attribute(attribute.name).data();
  });
}

// What describes the document: that of a VM, of one of its devices, or of another thing.
const Element& description(const xml::Node& document) {
  const Catalog& catalog = Catalog::standard();
  const Element& domain = catalog.root("domain");
  const Element* const of_vm = document.name == domain.name ? &domain : device(domain, document.name);
  for (const Element* root : catalog.roots())
    if (root->name == document.name && (!of_vm || has_name(document, *root))) return *root;
  return of_vm ? *of_vm : domain;
}

std::unique_ptr<Rows> open(const Request& request) {
  std::vector<Entry> entries;
  if (request.is_null(0)) return nullptr;
  const LeafSink sink = [&](const Leaf& leaf) {
    entries.push_back({std::string(leaf.path), std::string(leaf.value), kept_name(leaf.kept), std::string(leaf.table),
                       std::string(leaf.column)});
  };
  Document document;
  document.parse(request.text(0));
  document.shred(document.tree(), description(document.tree()), &sink);
  return entry_rows(std::move(entries), kColumns);
}

}  // namespace

int register_leaves_table(sqlite3* db, const ConnectionRef& connection) {
  TableFunction function;
  function.name = "xml_leaves";
  function.columns = declarations(kColumns);
  function.arguments = {"xml"};
  function.required = 1;
  function.usage = "xml_leaves(readfile('vm.xml'))";
  function.open = open;
  return register_table_function(db, connection, std::move(function));
}

}  // namespace virtsql::extension
