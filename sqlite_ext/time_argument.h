// Times as arguments of SQL functions.
#pragma once

#include <cstdint>
#include <string_view>

#include "sqlite_ext/extension.h"

namespace virtsql::extension {

// Returns a time in milliseconds since 1970. `time` is a text that SQLite's datetime() takes, or a number of seconds
// since 1970. Throws StoreError if it is neither; `function` is for its message.
std::int64_t milliseconds_of(Database& database, sqlite3_value* time, std::string_view function);

}  // namespace virtsql::extension
