// Each set of columns in which many rows have values gets a statement of its own; all other rows share one.
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
      (column->marks->preset.empty() ? columns_ : with_default_).push_back(column);
  }

  // Returns a row with values in the columns at these places of columns_.
  Row& row(std::initializer_list<std::size_t> places) {
    Row& out = *Row::make(arena_, element_);
    for (const std::size_t place : places) out.set(*columns_[place], "1");
    return out;
  }

  // Returns the statement for a row with values in these columns, after as many such rows as a set needs to get its
  // own.
  InsertSql::Statement& frequent(InsertSql& inserts, std::initializer_list<std::size_t> places) {
    for (unsigned i = 1; i < InsertSql::kRowsForOwnStatement; ++i) inserts.statement_for(row(places));
    return inserts.statement_for(row(places));
  }

  Arena arena_;
  const Element& element_;
  std::vector<const Column*> columns_, with_default_;  // without a default in the schema, and with one
};

TEST_F(InsertSqlTest, NamesWhatManyRowsHave) {
  InsertSql inserts("things", {"owner", "layout"}, columns_);
  InsertSql::Statement& all = inserts.statement_for(row({3, 1}));
  EXPECT_EQ(all.columns, columns_);
  InsertSql::Statement& two = frequent(inserts, {3, 1});
  EXPECT_EQ(two.columns, (std::vector{columns_[1], columns_[3]}));
  EXPECT_EQ(two.sql.text(), "INSERT INTO \"things\" (\"owner\", \"layout\", \"" + std::string(columns_[1]->name) +
                                "\", \"" + std::string(columns_[3]->name) + "\") VALUES (?, ?, ?, ?)");
  EXPECT_EQ(&inserts.statement_for(row({1, 3})), &two);
  InsertSql::Statement& none = frequent(inserts, {});
  EXPECT_EQ(none.sql.text(), "INSERT INTO \"things\" (\"owner\", \"layout\") VALUES (?, ?)");
  EXPECT_EQ(&inserts.statement_for(row({2})), &all);
  EXPECT_EQ(inserts.size(), 3U);
}

// A set's own rows are counted, however many other rows come between. A rare set is not worth a statement.
TEST_F(InsertSqlTest, CountsTheRowsOfASet) {
  InsertSql inserts("things", {"owner"}, columns_);
  for (unsigned i = 1; i < InsertSql::kRowsForOwnStatement; ++i) {
    EXPECT_EQ(inserts.statement_for(row({0})).columns, columns_);
    EXPECT_EQ(inserts.statement_for(row({1})).columns, columns_);
  }
  EXPECT_EQ(inserts.size(), 1U);
  EXPECT_EQ(inserts.statement_for(row({1})).columns, std::vector{columns_[1]});
  EXPECT_EQ(inserts.statement_for(row({0})).columns, std::vector{columns_[0]});
}

TEST_F(InsertSqlTest, SaysNullIfTheTableHasAnotherDefault) {
  ASSERT_FALSE(with_default_.empty());
  InsertSql inserts("things", {"owner"}, with_default_);
  EXPECT_EQ(frequent(inserts, {}).columns, with_default_);
}

// A statement needs a column: INSERT INTO t () VALUES () is no valid SQL.
TEST_F(InsertSqlTest, HasAColumnAlways) {
  InsertSql inserts("things", {}, columns_);
  EXPECT_EQ(frequent(inserts, {}).columns, columns_);
  EXPECT_EQ(frequent(inserts, {0}).columns, std::vector{columns_[0]});
}

TEST_F(InsertSqlTest, KeepsNoMoreStatementsThanItSays) {
  InsertSql inserts("things", {"owner"}, columns_);
  ASSERT_GT(columns_.size(), InsertSql::kMost + 3);
  for (std::size_t i = 0; i + 1 < InsertSql::kMost; ++i)
    EXPECT_EQ(frequent(inserts, {i}).columns, std::vector{columns_[i]});
  InsertSql::Statement& all = frequent(inserts, {InsertSql::kMost});
  EXPECT_EQ(all.columns, columns_);
  EXPECT_EQ(&frequent(inserts, {InsertSql::kMost + 1}), &all);
  EXPECT_EQ(inserts.size(), InsertSql::kMost);
  EXPECT_EQ(inserts.statement_for(row({2})).columns, std::vector{columns_[2]});
}

// Rare sets that never come again must not take memory for ever.
TEST_F(InsertSqlTest, CountsSoManySets) {
  ASSERT_GT(columns_.size(), 2U);
  InsertSql inserts("things", {"owner"}, columns_);
  std::size_t sets = 0;
  for (std::size_t a = 0; a < columns_.size() && sets < InsertSql::kCounted; ++a)
    for (std::size_t b = a + 1; b < columns_.size() && sets < InsertSql::kCounted; ++b, ++sets)
      inserts.statement_for(row({a, b}));
  ASSERT_EQ(sets, InsertSql::kCounted);
  EXPECT_EQ(frequent(inserts, {0}).columns, columns_);
  EXPECT_EQ(frequent(inserts, {0, 1}).columns, (std::vector{columns_[0], columns_[1]}));
}

}  // namespace
}  // namespace virtsql
