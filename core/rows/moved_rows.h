// Which rows of a list stand elsewhere in another.
#pragma once

#include <cstddef>
#include <unordered_map>
#include <vector>

#include "core/rows/match.h"
#include "core/rows/row.h"

namespace virtsql {

// Of the rows that moved: the row of `a`, and its place in `b`, from 0.
using MovedRows = std::unordered_map<const Row*, std::size_t>;

// The fewest rows that explain why the others, which both lists have, are in another order. `matches` is what
// match_rows() gives for `a` and `b`.
MovedRows moved_rows(const std::vector<Match>& matches, const Row::List& b);

}  // namespace virtsql
