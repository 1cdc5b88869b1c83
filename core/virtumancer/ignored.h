// What in a database of virtumancer is no part of any definition. Such columns are not reported as left out. Such
// tables are, once each if they have rows (virtumancer.cc), except attachment_indices and SQLite's own.
#pragma once

#include <string_view>

namespace virtsql::virtumancer {

// Whether the table holds measurements, the program's own administration, or what is derived from other tables.
bool is_administration(std::string_view table);

// Whether the column holds housekeeping, a reference, or what was observed at some time.
bool is_housekeeping(std::string_view column);

}  // namespace virtsql::virtumancer
