// Which rows of a list have another place in another list.
#pragma once

#include <cstddef>
#include <unordered_map>
#include <vector>

#include "core/rows/match.h"
#include "core/rows/row.h"

namespace virtsql {

// For each row of `a` that moved, its place in `b`, from 0.
using MovedRows = std::unordered_map<const Row*, std::size_t>;

// Returns the smallest set of rows that must have moved, so that the other rows which both lists have are in the same
// order. `matches` is what match_rows() returned for `a` and `b`.
MovedRows moved_rows(const std::vector<Match>& matches, const Row::List& b);

}  // namespace virtsql
