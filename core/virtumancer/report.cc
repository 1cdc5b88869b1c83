#include "core/virtumancer/report.h"

namespace virtsql::virtumancer {

void Report::tell(const Note& note, const std::string& vm_uuid) {
  const auto bind = [&](Statement& statement) {
    if (!vm_uuid.empty()) statement.bind_text(1, vm_uuid);
    statement.bind_text(2, note.what);
    statement.bind_text(3, note.table);
    statement.bind_text(4, note.id);
    statement.bind_text(5, note.kind);
    statement.bind_text(6, note.detail);
  };
  {
    Use known(database_.prepared(
        "SELECT 1 FROM virtumancer_imports AS i LEFT JOIN vendor_options AS v ON v.owner_type = "
        "'virtumancer_imports' AND v.owner_id = i.id WHERE i.vm_uuid IS ?1 AND what = ?2 AND source_table = ?3 AND "
        "source_id = ?4 AND i.kind = ?5 AND detail = ?6 AND v.value_json IS ?7"));
    bind(*known);
    if (vm_uuid.empty() && !note.kept.empty()) known->bind_text(7, note.kept);
    if (known->step()) return;
  }
  std::int64_t id = 0;
  {
    Use insert(
        database_.prepared("INSERT INTO virtumancer_imports (vm_uuid, what, source_table, source_id, kind, "
                           "detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"));
    bind(*insert);
    insert->run();
    id = database_.last_insert_id();
  }
  if (vm_uuid.empty() && !note.kept.empty()) keep("virtumancer_imports", id, vm_uuid, 0, note);
}

void Report::tell_of_vm(const std::vector<Note>& notes, std::int64_t vm_id, const std::string& vm_uuid) {
  std::int64_t position = 0;
  for (const Note& note : notes) {
    tell(note, vm_uuid);
    if (!note.kept.empty()) keep("virtual_machines", vm_id, vm_uuid, position++, note);
  }
}

bool Report::has_imported(std::string_view vm_uuid) {
  Use statement(
      database_.prepared("SELECT 1 FROM virtumancer_imports WHERE vm_uuid = ?1 AND kind = 'imported' LIMIT 1"));
  statement->bind_text(1, vm_uuid);
  return statement->step();
}

void Report::keep(std::string_view owner, std::int64_t owner_id, const std::string& vm_uuid, std::int64_t position,
                  const Note& note) {
  Use insert(
      database_.prepared("INSERT INTO vendor_options (vm_uuid, owner_type, owner_id, kind, position, namespace, key, "
                         "value_json) VALUES (?1, ?2, ?3, 'kept', ?4, 'virtumancer', ?5, ?6)"));
  if (!vm_uuid.empty()) insert->bind_text(1, vm_uuid);
  insert->bind_text(2, owner);
  insert->bind_int(3, owner_id);
  insert->bind_int(4, position);
  insert->bind_text(5, note.table);
  insert->bind_text(6, note.kept);
  insert->run();
}

}  // namespace virtsql::virtumancer
