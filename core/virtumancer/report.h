// The report of an import: the table virtumancer_imports, and in vendor_options what of the source has no other place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/database.h"
#include "core/virtumancer/note.h"

namespace virtsql::virtumancer {

class Report {
 public:
  // Works on a connection that must outlive it.
  explicit Report(Database& database) : database_(database) {}

  // Adds what is told of no VM, unless an earlier import said the same. What it keeps belongs to the report's row.
  void tell(const Note& note) { tell(note, ""); }

  // Adds what is told of a VM, or of one that is not taken. What it keeps is not kept.
  void tell(const Note& note, const std::string& vm_uuid);

  // Adds what is told of a VM that has been taken; what it keeps belongs to the VM's row.
  void tell_of_vm(const std::vector<Note>& notes, std::int64_t vm_id, const std::string& vm_uuid);

  // Whether an earlier import took the VM.
  bool has_imported(std::string_view vm_uuid);

 private:
  void keep(std::string_view owner, std::int64_t owner_id, const std::string& vm_uuid, std::int64_t position,
            const Note& note);

  Database& database_;
};

}  // namespace virtsql::virtumancer
