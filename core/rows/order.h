// Which of the things in a list kept their order.
#pragma once

#include <cstddef>
#include <vector>

namespace virtsql {

// Which values belong to a longest strictly increasing subsequence: a flag for each. n log n.
std::vector<bool> longest_increasing(const std::vector<std::size_t>& values);

}  // namespace virtsql
