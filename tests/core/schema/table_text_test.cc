#include "core/schema/table_text.h"

#include <gtest/gtest.h>

#include <string>

namespace virtsql {
namespace {

std::string columns_of(const TableText& table) {
  std::string out;
  for (const TableText::ColumnText& column : table.columns) out += column.name + ": " + column.definition + "\n";
  return out;
}

TEST(TableText, HasColumnsConstraintsAndOptions) {
  const TableText table = read_table_text(
      "CREATE TABLE t (\n  id INTEGER PRIMARY KEY,  -- the key, of course\n  \"two words\" TEXT /* a, b */ NOT "
      "NULL,\n  CHECK (id > 0), CONSTRAINT c UNIQUE (id, [two words])\n) STRICT, WITHOUT ROWID;");
  EXPECT_EQ(columns_of(table), "id: id INTEGER PRIMARY KEY\ntwo words: \"two words\" TEXT NOT NULL\n");
  EXPECT_EQ(table.constraints, (std::vector<std::string>{"CHECK (id > 0)", "CONSTRAINT c UNIQUE (id, [two words])"}));
  EXPECT_EQ(table.options, "STRICT, WITHOUT ROWID");
}

// Neither a comma nor a parenthesis in quotes or parentheses ends a definition.
TEST(TableText, ADefinitionIsWhole) {
  const TableText table = read_table_text(
      "CREATE TABLE t(a TEXT DEFAULT ('), (' || \"x\"), b TEXT AS (iif(a = ',', '  (', a)), `c,d` INT, [e)] INT)");
  EXPECT_EQ(
      columns_of(table),
      "a: a TEXT DEFAULT ('), (' || \"x\")\nb: b TEXT AS (iif(a = ',', '  (', a))\nc,d: `c,d` INT\ne): [e)] INT\n");
  EXPECT_EQ(table.options, "");
}

TEST(TableText, TheOrderAndTheLayoutOfTheTextDoNotCount) {
  const TableText one = read_table_text("CREATE TABLE t (\n  a TEXT,\n  b\tINT\n)");
  const TableText other = read_table_text("CREATE TABLE t (b INT, a TEXT)");
  for (const TableText::ColumnText& column : one.columns)
    EXPECT_EQ(other.find(column.name)->definition, column.definition);
}

TEST(TableText, NamesCompareWithoutCase) {
  const TableText table = read_table_text("CREATE TABLE t (Name TEXT, checked TEXT)");
  ASSERT_NE(table.find("NAME"), nullptr);
  EXPECT_EQ(table.find("nAME")->name, "Name");
  EXPECT_NE(table.find("checked"), nullptr) << "a name that begins as a constraint does";
  EXPECT_EQ(table.find("nam"), nullptr);
}

TEST(TableText, KnowsNamesHoweverTheyAreQuoted) {
  const TableText text = read_table_text(
      "CREATE TABLE t (plain TEXT, \"cost centre\" TEXT, \"a\"\"b\" TEXT, 'single' TEXT, `tick` TEXT, [bracket] TEXT, "
      "d$2(3), \u00e9t\u00e9 TEXT DEFAULT '-- none', bare)");
  std::string names;
  for (const TableText::ColumnText& column : text.columns) names += column.name + "|";
  EXPECT_EQ(names, "plain|cost centre|a\"b|single|tick|bracket|d$2|\u00e9t\u00e9|bare|");
}

}  // namespace
}  // namespace virtsql
