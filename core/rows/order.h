// Which of the things in a list kept their order.
#pragma once

#include <cstddef>
#include <vector>

namespace virtsql {

// Returns a flag for each value: whether it belongs to one longest strictly increasing subsequence. Takes n log n.
std::vector<bool> longest_increasing(const std::vector<std::size_t>& values);

}  // namespace virtsql
