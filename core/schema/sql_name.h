// Names, literals and lists in SQL text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/sql_quote.h"

namespace virtsql {

// Returns the identifier as SQL takes it: in double quotes only if it is a reserved word, begins with a digit, or has
// anything but small letters, digits and underscores. SQLite parses the whole schema whenever a database is opened, so
// SQL with thousands of names uses this function and not quote_identifier().
std::string sql_name(std::string_view identifier);

// Returns the parts with the separator between them.
std::string join(const std::vector<std::string>& parts, std::string_view separator);

// The same of the first `most` parts, with an ellipsis in the place of the rest: for messages.
std::string join_first(std::vector<std::string> parts, std::size_t most, std::string_view separator);

}  // namespace virtsql
