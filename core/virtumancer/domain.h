// A VM of virtumancer as domain XML.
#pragma once

#include "core/virtumancer/context.h"
#include "core/virtumancer/note.h"

namespace virtsql::virtumancer {

// The domain XML of the VM; `notes` gets what is to be told.
std::string domain_of(Context& context, const SourceVm& vm, std::vector<Note>& notes);

// Whether domain_of reads the table.
bool is_read(std::string_view table);

}  // namespace virtsql::virtumancer
