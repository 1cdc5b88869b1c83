#include "core/store/clone.h"

#include "core/base/excerpt.h"
#include "core/rows/clone.h"
#include "core/rows/generate.h"
#include "core/store/store_error.h"
#include "core/xml/refusals.h"
#include "core/xml/writer.h"
#include "core/xml/xml.h"

namespace virtsql {
namespace {

// Throws StoreError if libvirt refuses the name for a VM of the type.
void check_name(std::string_view type, std::string_view name) {
  xml::Writer writer;
  writer.open("domain");
  writer.attribute("type", type);
  writer.open("name");
  writer.text(name);
  writer.close();
  writer.close();
  if (const auto refusal = Refusals().first(writer.take(), "name"))
    throw StoreError("domain_clone(): libvirt refuses the name " + quoted_excerpt(name) + ": " + refusal->message);
}

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  sqlite3_randomness(static_cast<int>(count), out.data());
  return out;
}

// Whether the host of the VM has a VM of that name.
bool is_taken(Database& database, std::int64_t vm_id, std::string_view name) {
  Use taken(
      database.prepared("SELECT 1 FROM virtual_machines WHERE name = ?1 AND host_id IS (SELECT host_id FROM "
                        "virtual_machines WHERE id = ?2)"));
  taken->bind_text(1, name);
  taken->bind_int(2, vm_id);
  return taken->step();
}

}  // namespace

std::string clone_vm(Database& database, const Catalog& catalog, RowStore& rows, std::int64_t vm_id,
                     std::string_view new_name) {
  if (new_name.empty()) throw StoreError("domain_clone(): the new name is empty");
  Savepoint savepoint(database);
  std::int64_t host = 0;
  {
    Use statement(database.prepared("SELECT host_id, domain_type FROM virtual_machines WHERE id = ?1"));
    statement->bind_int(1, vm_id);
    if (!statement->step()) throw StoreError("domain_clone(): somebody has deleted the VM just now");
    host = statement->get_int(0);
    check_name(statement->get_text(1), new_name);
  }
  if (is_taken(database, vm_id, new_name))
    throw StoreError("domain_clone(): the host has a VM " + quoted_excerpt(new_name) + " already");
  Arena arena;
  Row& copy = *clone_of(*rows.load(catalog.root("domain"), vm_id, arena), new_name, random_bytes, arena);
  generate(copy, Form::kFull);  // throws now if no XML can express the copy, not only when its XML is asked for
  rows.insert(copy, RootState::managed(host));
  savepoint.release();
  return std::string(copy.get(*copy.element->table->find("uuid")));
}

}  // namespace virtsql
