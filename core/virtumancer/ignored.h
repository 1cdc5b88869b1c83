// What of a database of virtumancer is no part of any definition, and is therefore not reported as left out.
#pragma once

#include <string_view>

namespace virtsql::virtumancer {

// Tables of what was measured, of the program's own administration, or derived: nothing of a definition.
bool is_administration(std::string_view table);

// Columns of housekeeping, of references and of what was observed at some time: nothing of a definition.
bool is_housekeeping(std::string_view column);

}  // namespace virtsql::virtumancer
