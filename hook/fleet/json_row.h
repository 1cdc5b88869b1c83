// A row of SQLite as JSON that the store's put functions take, whatever is in the row.
//
// A value that its column's type in PostgreSQL cannot hold (a spelling that is no number, text that is not UTF-8 or has
// a NUL) is left out of the column and stands in `extra` as text or, if it is no text of PostgreSQL, as {"base64":
// ...}. So one bad value never fails a batch.
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

// The text as a JSON string; of what is no text of PostgreSQL {"base64": "..."}.
std::string json_text(std::string_view bytes);

// The UUID as PostgreSQL writes it; of a text that is none the version 5 UUID of it (RFC 4122, in the name space of
// object identifiers), so that every VM has one.
std::string fleet_uuid(std::string_view text);

// The members of the object for the statement's present row, without its braces. Column i of the statement, counted
// from `first`, is columns[i]. `unknown` names columns that the store has not: they go to `extra`, named `extra_name`.
std::string json_members(Statement& statement, int first, const std::vector<FleetColumn>& columns,
                         const std::set<std::string>* unknown = nullptr, const char* extra_name = "extra");

}  // namespace virtsql
