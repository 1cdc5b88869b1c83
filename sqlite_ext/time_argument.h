// Times as arguments of SQL functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sqlite_ext/extension.h"

namespace virtsql::extension {

// Returns a time in milliseconds since 1970. `time` is a text that SQLite's datetime() takes, or a number of seconds
// since 1970. Throws StoreError if it is neither; `function` is for its message.
std::int64_t milliseconds_of(Database& database, sqlite3_value* time, std::string_view function);

// Returns a time as the tables have it, 2026-05-01T12:00:00.000Z. `time` is what milliseconds_of() takes, or a text
// that is an age (core/spool/age.h), so long before now, or a text of digits, seconds since 1970: a shell passes on
// everything as text. Throws StoreError if it is nothing of these; `function` is for its message.
std::string utc_of(Database& database, sqlite3_value* time, std::string_view function);

}  // namespace virtsql::extension
