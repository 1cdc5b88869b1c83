#include "core/schema/table_text.h"

#include <gtest/gtest.h>

namespace virtsql {
namespace {

TEST(TableText, KnowsNamesHoweverTheyAreQuoted) {
  const TableText text = read_table_text(
      "CREATE TABLE t (plain TEXT, \"cost centre\" TEXT, \"a\"\"b\" TEXT, 'single' TEXT, `tick` TEXT, [bracket] TEXT, "
      "d$2(3), \u00e9t\u00e9 TEXT DEFAULT '-- none', bare)");
  std::string names;
  for (const TableText::ColumnText& column : text.columns) names += column.name + "|";
  EXPECT_EQ(names, "plain|cost centre|a\"b|single|tick|bracket|d$2|\u00e9t\u00e9|bare|");
}

TEST(TableText, TellsColumnsFromConstraints) {
  const TableText text = read_table_text(
      "CREATE TABLE t (\n  id INTEGER PRIMARY KEY, -- a comment, with a comma\n  checksum TEXT CHECK (a IN (1, 2)),\n"
      "  UNIQUE (id, checksum)\n) STRICT");
  ASSERT_EQ(text.columns.size(), 2U);
  EXPECT_EQ(text.columns[0].definition, "id INTEGER PRIMARY KEY");
  EXPECT_EQ(text.find("CheckSum"), &text.columns[1]);
  EXPECT_EQ(text.constraints, std::vector<std::string>{"UNIQUE (id, checksum)"});
  EXPECT_EQ(text.options, "STRICT");
}

}  // namespace
}  // namespace virtsql
