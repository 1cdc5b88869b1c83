#include "core/schema/sql_name.h"

#include <gtest/gtest.h>

namespace virtsql {
namespace {

TEST(SqlNames, AreQuotedOnlyIfTheyMustBe) {
  for (const char* plain : {"disks", "memory_2", "_a"}) EXPECT_EQ(sql_name(plain), plain);
  EXPECT_EQ(sql_name("order"), "\"order\"");
  EXPECT_EQ(sql_name("user"), "\"user\"");
  EXPECT_EQ(sql_name("2nd"), "\"2nd\"");
  EXPECT_EQ(sql_name("Disks"), "\"Disks\"");
  EXPECT_EQ(sql_name("a b\"c"), "\"a b\"\"c\"");
  EXPECT_EQ(sql_name(""), "\"\"");
}

TEST(SqlNames, AreNoLiterals) {
  EXPECT_EQ(sql_literal(""), "''");
  EXPECT_EQ(sql_literal("it's"), "'it''s'");
  EXPECT_EQ(join({}, ", "), "");
  EXPECT_EQ(join({"a"}, ", "), "a");
  EXPECT_EQ(join({"a", "b", "c"}, ", "), "a, b, c");
  EXPECT_EQ(join_first({"a", "b"}, 2, ", "), "a, b");
  EXPECT_EQ(join_first({"a", "b", "c"}, 2, ", "), "a, b, ...");
}

}  // namespace
}  // namespace virtsql
