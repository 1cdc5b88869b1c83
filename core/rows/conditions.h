// Whether what the catalog's marks say after "if" holds for a row; and the values that marks name by a shell pattern.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "core/rows/row.h"

namespace virtsql {

// Whether all of the conditions hold. `around` is the row that has `row` below it, `root` the document's; whoever asks
// about conditions of them ({... if ../@type=x}, {... if /@id}) gives them.
bool all_hold(std::span<const Condition> conditions, const Row& row, const Row* around = nullptr,
              const Row* root = nullptr);

// Whether the shell pattern is the whole of the value.
bool matches(std::string_view pattern, std::string_view value);

// The pattern with the value, as what is no pattern, in place of each <>.
std::string with_value(std::string_view pattern, std::string_view value);

}  // namespace virtsql
