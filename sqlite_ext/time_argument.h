// Times as arguments of SQL functions.
#pragma once

#include <cstdint>
#include <string_view>

#include "sqlite_ext/extension.h"

namespace virtsql::extension {

// Milliseconds since 1970 of a time that SQLite's datetime() takes, or of a number of seconds since 1970. `function` is
// for the message. Throws StoreError for what is no time.
std::int64_t milliseconds_of(Database& database, sqlite3_value* time, std::string_view function);

}  // namespace virtsql::extension
