// Writes a row of SQLite as JSON that the store's put functions take, whatever values are in the row.
//
// A value that its column in PostgreSQL cannot hold (a spelling that is no number, text that is not UTF-8 or has a NUL,
// text that is too long for the column's index) is left out of the column. It stands in the column `extra` as text or,
// if PostgreSQL cannot hold it as text, as {"base64": ...}. So one bad value never fails a batch.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/database.h"
#include "core/schema/fleet_tables.h"

namespace virtsql {

// Whether PostgreSQL takes the bytes as text: UTF-8, without NUL.
bool is_postgres_text(std::string_view bytes);

// Returns the bytes as a JSON string, or as {"base64": "..."} if PostgreSQL does not take them as text.
std::string json_text(std::string_view bytes);

// Returns the UUID as PostgreSQL writes it. For a text that is no UUID, returns a version 5 UUID made from it (RFC
// 4122, in the name space of object identifiers), so that every VM has one.
std::string fleet_uuid(std::string_view text);

// Returns the members, without braces, of the JSON object for the statement's present row. Column i of the statement,
// counted from `first`, is columns[i]; NULL is left out. `unknown` names columns that the store does not have: their
// values go to `extra`, which is named `extra_name`.
std::string json_members(Statement& statement, int first, const std::vector<FleetColumn>& columns,
                         const std::set<std::string>* unknown = nullptr, const char* extra_name = "extra");

}  // namespace virtsql
