// The report of an import: the table virtumancer_imports and, for what of the source has no other place,
// vendor_options.
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
  // The connection must outlive the report.
  explicit Report(Database& database) : database_(database) {}

  // Adds a note that is about no VM, unless an earlier import said the same. Its `kept` goes to vendor_options and
  // belongs to the report's row.
  void tell(const Note& note) { tell(note, ""); }

  // Adds a note about a VM, also one that is not taken over, unless an earlier import said the same. Its `kept` is not
  // stored.
  void tell(const Note& note, const std::string& vm_uuid);

  // Adds the notes about a VM that has been taken over. Their `kept` goes to vendor_options and belongs to the VM's
  // row.
  void tell_of_vm(const std::vector<Note>& notes, std::int64_t vm_id, const std::string& vm_uuid);

  // Whether an earlier import took the VM.
  bool has_imported(std::string_view vm_uuid);

 private:
  void keep(std::string_view owner, std::int64_t owner_id, const std::string& vm_uuid, std::int64_t position,
            const Note& note);

  Database& database_;
};

}  // namespace virtsql::virtumancer
