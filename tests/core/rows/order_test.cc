// Compares longest_increasing() with the longest of all subsequences, for every short list.
#include "core/rows/order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "tests/core/growth.h"

namespace virtsql {
namespace {

std::size_t longest_of_all(const std::vector<std::size_t>& values) {
  std::size_t longest = 0;
  for (std::size_t chosen = 0; chosen < 1U << values.size(); ++chosen) {
    std::vector<std::size_t> taken;
    for (std::size_t i = 0; i < values.size(); ++i)
      if (chosen >> i & 1U) taken.push_back(values[i]);
    if (std::adjacent_find(taken.begin(), taken.end(), std::greater_equal<>()) == taken.end())
      longest = std::max(longest, taken.size());
  }
  return longest;
}

TEST(LongestIncreasing, IsAsLongAsAnyAndIncreases) {
  // every list of 6 values from 0 to 3, with repetitions
  for (std::size_t code = 0; code < 4096; ++code) {
    std::vector<std::size_t> values;
    for (std::size_t rest = code, i = 0; i < 6; ++i, rest /= 4) values.push_back(rest % 4);
    const std::vector<bool> kept = longest_increasing(values);
    ASSERT_EQ(kept.size(), values.size());
    std::vector<std::size_t> taken;
    for (std::size_t i = 0; i < values.size(); ++i)
      if (kept[i]) taken.push_back(values[i]);
    EXPECT_EQ(taken.size(), longest_of_all(values));
    EXPECT_EQ(std::adjacent_find(taken.begin(), taken.end(), std::greater_equal<>()), taken.end());
  }
  EXPECT_TRUE(longest_increasing({}).empty());
}

TEST(LongestIncreasing, TakesNLogN) {
  EXPECT_LT(test::growth_of_time(100000,
                                 [](std::size_t n) {
                                   std::vector<std::size_t> values(n);
                                   std::iota(values.rbegin(), values.rend(), 0);
                                   if (longest_increasing(values).size() != n) throw std::runtime_error("lost");
                                 }),
            test::kLinear);
}

}  // namespace
}  // namespace virtsql
