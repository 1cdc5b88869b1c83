// Whether the conditions after "if" in the catalog's marks hold for a row; and the shell patterns of marks.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/rows/row.h"

namespace virtsql {

// Whether all of the conditions hold. `around` is the row that has `row` below it, `root` the document's root row.
// Conditions about the row around ({... if ../@type=x}) do not hold if `around` is nullptr.
// REQUIRES: `root` if a condition is about the root ({... if /@id}).
bool all_hold(std::span<const Condition> conditions, const Row& row, const Row* around = nullptr,
              const Row* root = nullptr);

// Whether the shell pattern matches the whole value.
bool matches(std::string_view pattern, std::string_view value);

// Returns the pattern with each <> replaced by the value, escaped so that it matches only itself.
std::string with_value(std::string_view pattern, std::string_view value);

}  // namespace virtsql
