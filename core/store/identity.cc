#include "core/store/identity.h"

#include <cassert>

#include "core/base/sha256.h"
#include "core/base/uuid.h"
#include "core/xml/xml.h"

namespace virtsql {

std::string made_up_uuid(std::string_view host, std::string_view name) {
  // As RFC 4122 section 4.3, but with SHA-256, cut to size, in place of SHA-1.
  return uuid_text(sha256("virtsql\n" + std::string(host) + "\n" + std::string(name)), 5);
}

std::string identify_vm(Document& document, std::string_view host) {
  const Row& row = document.rows();
  const Table& table = *row.element->table;
  const Column& uuid = *table.find("uuid");
  if (row.has(uuid) && row.get(uuid).empty()) throw xml::Error("the <uuid> is empty");
  const std::string_view name = row.get(*table.find("name"));
  if (!row.has(uuid) && name.empty()) throw xml::Error("the domain has neither name nor UUID");
  std::string out = row.has(uuid) ? usual_uuid(row.get(uuid)) : made_up_uuid(host, name);
  identify_as(document, out);
  return out;
}

void take_captured(Document& document, const Capture& capture) {
  for (const Column* column : document.rows().element->table->columns) {
    if (column->marks->captured.empty()) continue;
    const std::string value = column->marks->captured == "uuid"     ? usual_uuid(capture.uuid)
                              : column->marks->captured == "driver" ? capture.driver
                                                                    : capture.name;
    if (!value.empty()) document.rows().set(*column, document.arena().copy(value));
  }
}

void keep_captured(Document& document, const Row& row) {
  for (const Column* column : row.element->table->columns)
    if (!column->marks->captured.empty() && row.has(*column))
      document.rows().set(*column, document.arena().copy(row.get(*column)));
}

void identify_as(Document& document, std::string_view uuid) {
  assert(document.has_rows() && !uuid.empty());
  Row& row = document.rows();
  const Column& column = *row.element->table->find("uuid");
  if (row.get(column) == uuid) return;
  // A <uuid> that the document lacked is written as the root's second child. Elements and texts without a column that
  // stand behind the first child therefore move on by one place.
  if (!row.has(column))
    for (VendorItem* item = row.vendor; item; item = item->next)
      if (item->path.empty() && item->kind != VendorItem::Kind::kAttribute && item->position > 0) ++item->position;
  row.set(column, document.arena().copy(uuid));
  document.rows_changed();
}

}  // namespace virtsql
