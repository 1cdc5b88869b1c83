// A statement for each set of columns that rows have, and one for all others.
#include "core/store/insert_sql.h"

#include <gtest/gtest.h>

#include <string>

#include "core/base/arena.h"

namespace virtsql {
namespace {

class InsertSqlTest : public testing::Test {
 protected:
  InsertSqlTest() : element_(Catalog::standard().root("domain")) {
    for (const Column* column : element_.table->columns)
      (column->marks->preset.empty() ? columns_ : preset_).push_back(column);
  }

  // A row with values in these of the columns, by their places.
  Row& row(std::initializer_list<std::size_t> places) {
    Row& out = *Row::make(arena_, element_);
    for (const std::size_t place : places) out.set(*columns_[place], "1");
    return out;
  }

  Arena arena_;
  const Element& element_;
  std::vector<const Column*> columns_, preset_;  // those that an INSERT without them leaves NULL, and the others
};

TEST_F(InsertSqlTest, NamesWhatTheRowHas) {
  InsertSql inserts("things", {"owner", "layout"}, columns_);
  InsertSql::Statement& two = inserts.statement_for(row({3, 1}));
  EXPECT_EQ(two.columns, (std::vector{columns_[1], columns_[3]}));
  EXPECT_EQ(two.sql.text(), "INSERT INTO \"things\" (\"owner\", \"layout\", \"" + std::string(columns_[1]->name) +
                                "\", \"" + std::string(columns_[3]->name) + "\") VALUES (?, ?, ?, ?)");
  EXPECT_EQ(&inserts.statement_for(row({1, 3})), &two);
  InsertSql::Statement& none = inserts.statement_for(row({}));
  EXPECT_EQ(none.sql.text(), "INSERT INTO \"things\" (\"owner\", \"layout\") VALUES (?, ?)");
  EXPECT_EQ(inserts.size(), 2U);
}

TEST_F(InsertSqlTest, SaysNullIfTheTableHasAnotherDefault) {
  ASSERT_FALSE(preset_.empty());
  InsertSql inserts("things", {"owner"}, preset_);
  EXPECT_EQ(inserts.statement_for(row({})).columns, preset_);
}

// INSERT INTO t () VALUES () is no SQL.
TEST_F(InsertSqlTest, HasAColumnAlways) {
  InsertSql inserts("things", {}, columns_);
  EXPECT_EQ(inserts.statement_for(row({})).columns, columns_);
  EXPECT_EQ(inserts.statement_for(row({0})).columns, std::vector{columns_[0]});
}

TEST_F(InsertSqlTest, KeepsNoMoreStatementsThanItSays) {
  InsertSql inserts("things", {"owner"}, columns_);
  ASSERT_GT(columns_.size(), InsertSql::kMost + 3);
  for (std::size_t i = 0; i + 1 < InsertSql::kMost; ++i)
    EXPECT_EQ(inserts.statement_for(row({i})).columns, std::vector{columns_[i]});
  InsertSql::Statement& all = inserts.statement_for(row({InsertSql::kMost}));
  EXPECT_EQ(all.columns, columns_);
  EXPECT_EQ(&inserts.statement_for(row({InsertSql::kMost + 1})), &all);
  EXPECT_EQ(inserts.size(), InsertSql::kMost);
  EXPECT_EQ(inserts.statement_for(row({2})).columns, std::vector{columns_[2]});
}

}  // namespace
}  // namespace virtsql
