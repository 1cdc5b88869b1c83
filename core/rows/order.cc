#include "core/rows/order.h"

#include <algorithm>

namespace virtsql {

std::vector<bool> longest_increasing(const std::vector<std::size_t>& values) {
  constexpr auto kNone = static_cast<std::size_t>(-1);
  std::vector<std::size_t> ends;  // [length - 1]: index of the smallest value that ends a subsequence of that length
  std::vector<std::size_t> before(values.size(), kNone);  // the index before this one in its subsequence
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto at = std::lower_bound(ends.begin(), ends.end(), values[i],
                                     [&](std::size_t end, std::size_t value) { return values[end] < value; });
    if (at != ends.begin()) before[i] = *(at - 1);
    if (at == ends.end())
      ends.push_back(i);
    else
      *at = i;
  }
  std::vector<bool> out(values.size());
  for (std::size_t i = ends.empty() ? kNone : ends.back(); i != kNone; i = before[i]) out[i] = true;
  return out;
}

}  // namespace virtsql
