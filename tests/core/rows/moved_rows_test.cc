#include "core/rows/moved_rows.h"

#include <gtest/gtest.h>

#include <array>

namespace virtsql {
namespace {

TEST(MovedRows, AreTheFewestThatExplainTheOrder) {
  std::array<Row, 4> a, b;
  Row::List list;
  for (const std::size_t i : {3U, 0U, 1U, 2U}) list.append(&b[i]);
  std::vector<Match> matches;
  for (std::size_t i = 0; i < 4; ++i) matches.push_back({&a[i], &b[i]});
  const MovedRows moved = moved_rows(matches, list);
  ASSERT_EQ(moved.size(), 1U);
  EXPECT_EQ(moved.at(&a[3]), 0U);
}

TEST(MovedRows, AreNoneWhereRowsOnlyGoOrCome) {
  std::array<Row, 3> a, b;
  Row::List list;
  for (const std::size_t i : {2U, 0U, 1U}) list.append(&b[i]);  // b[2] is new, and first
  EXPECT_TRUE(moved_rows({{&a[2], nullptr}, {&a[0], &b[0]}, {&a[1], &b[1]}, {nullptr, &b[2]}}, list).empty());
  EXPECT_TRUE(moved_rows({}, Row::List()).empty());
}

}  // namespace
}  // namespace virtsql
