// Whether what the catalog's marks say after "if" holds for a row.
#pragma once

#include <span>

#include "core/rows/row.h"

namespace virtsql {

// Whether all of the conditions hold. `around`, if given, is the row that has `row` below it; what no column of `row`
// is asked of it.
bool all_hold(std::span<const Condition> conditions, const Row& row, const Row* around = nullptr);

}  // namespace virtsql
