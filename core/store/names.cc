#include "core/store/names.h"

#include "core/base/excerpt.h"
#include "core/base/uuid.h"
#include "core/store/store_error.h"

namespace virtsql {

std::int64_t find_vm(Database& database, std::string_view uuid_or_name, std::string_view function) {
  {
    const std::string uuid = usual_uuid(uuid_or_name);
    Use by_uuid(database.prepared("SELECT id FROM virtual_machines WHERE uuid = ?1"));
    by_uuid->bind_text(1, uuid);
    if (by_uuid->step()) return by_uuid->get_int(0);
  }
  // Of several VMs with the name, those that libvirt has (in the view defined_vms) come first.
  Use by_name(
      database.prepared("SELECT id, NOT EXISTS (SELECT 1 FROM defined_vms AS d WHERE d.uuid = v.uuid) AS gone FROM "
                        "virtual_machines AS v WHERE name = ?1 ORDER BY gone LIMIT 2"));
  by_name->bind_text(1, uuid_or_name);
  const std::string shown = quoted_excerpt(uuid_or_name);
  if (!by_name->step())
    throw StoreError(std::string(function) + "(): no VM " + shown +
                     "; names are in virtual_machines.name, UUIDs in virtual_machines.uuid");
  const std::int64_t id = by_name->get_int(0);
  const bool gone = by_name->get_int(1) != 0;
  if (by_name->step() && (by_name->get_int(1) != 0) == gone)
    throw StoreError(std::string(function) + "(): several VMs are named " + shown +
                     "; give the UUID, from virtual_machines.uuid");
  return id;
}

std::string find_vm_uuid(Database& database, std::string_view uuid_or_name, std::string_view function) {
  {
    const std::string uuid = usual_uuid(uuid_or_name);
    Use captured(database.prepared("SELECT vm_uuid FROM captures WHERE vm_uuid = ?1 AND kind = 'domain' LIMIT 1"));
    captured->bind_text(1, uuid);
    if (captured->step()) return std::string(captured->get_text(0));
  }
  Use statement(database.prepared("SELECT uuid FROM virtual_machines WHERE id = ?1"));
  statement->bind_int(1, find_vm(database, uuid_or_name, function));
  statement->step();
  return std::string(statement->get_text(0));
}

}  // namespace virtsql
