// A VM of virtumancer as domain XML.
#pragma once

#include "core/virtumancer/context.h"
#include "core/virtumancer/note.h"

namespace virtsql::virtumancer {

// Returns the domain XML of the VM, and adds to `notes` what the report must tell.
std::string domain_of(Context& context, const SourceVm& vm, std::vector<Note>& notes);

// Whether the import reads the table: domain_of() or virtumancer.cc.
bool is_read(std::string_view table);

}  // namespace virtsql::virtumancer
