// Names, literals and lists in SQL text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/sql_quote.h"

namespace virtsql {

// The identifier as SQL takes it: in double quotes only if it is a word of SQL or not made of small letters, digits and
// underscores. Whatever opens a database reads its whole schema, so what has a thousand names in it uses this and not
// quote_identifier().
std::string sql_name(std::string_view identifier);

// The parts with the separator between them.
std::string join(const std::vector<std::string>& parts, std::string_view separator);

}  // namespace virtsql
