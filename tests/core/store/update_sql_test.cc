// The statements that set some columns of one row.
#include "core/store/update_sql.h"

#include <gtest/gtest.h>

#include <string>

#include "core/base/database.h"

namespace virtsql {
namespace {

class UpdateSqlTest : public testing::Test {
 protected:
  UpdateSqlTest()
      : connection_(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, kPatienceMilliseconds),
        database_(connection_.handle()) {
    std::string columns;
    for (std::size_t i = 0; i < kColumns; ++i) columns += ", c" + std::to_string(i);
    database_.execute("CREATE TABLE \"some things\" (id INTEGER PRIMARY KEY" + columns + ")");
    database_.execute("INSERT INTO \"some things\" (id) VALUES (1), (2)");
  }
  ~UpdateSqlTest() override { database_.forget_statements(); }

  void set(std::size_t column, std::int64_t id, std::int64_t value) {
    updates_.run(database_, "c" + std::to_string(column) + " = ?", id,
                 [=](Statement& statement) { statement.bind_int(1, value); });
  }
  std::int64_t value(std::size_t column, std::int64_t id) {
    return database_.query_int("SELECT coalesce(c" + std::to_string(column) +
                               ", 0) FROM \"some things\" WHERE id = " + std::to_string(id));
  }

  static constexpr std::size_t kColumns = UpdateSql::kMost + 3;
  Connection connection_;
  Database database_;
  UpdateSql updates_{"some things"};
};

TEST_F(UpdateSqlTest, SetsTheRowOfTheIdAlone) {
  set(0, 1, 7);
  set(0, 2, 8);
  EXPECT_EQ(value(0, 1), 7);
  EXPECT_EQ(value(0, 2), 8);
  updates_.run(database_, "c1 = ?, c2 = ?", 2, [](Statement& statement) {
    statement.bind_int(1, 3);
    statement.bind_int(2, 4);
  });
  EXPECT_EQ(value(1, 2), 3);
  EXPECT_EQ(value(2, 2), 4);
  EXPECT_EQ(value(1, 1), 0);
  EXPECT_EQ(updates_.size(), 2U);
}

// A value that was bound for an earlier row must not be set again.
TEST_F(UpdateSqlTest, SetsNullIfNothingIsBound) {
  set(0, 1, 7);
  updates_.run(database_, "c0 = ?", 1, [](Statement&) {});
  EXPECT_EQ(value(0, 1), 0);
}

TEST_F(UpdateSqlTest, KeepsNoMoreStatementsThanItSays) {
  for (std::size_t column = 0; column < kColumns; ++column) set(column, 1, static_cast<std::int64_t>(column) + 1);
  EXPECT_EQ(updates_.size(), UpdateSql::kMost);
  for (std::size_t column = 0; column < kColumns; ++column)
    EXPECT_EQ(value(column, 1), static_cast<std::int64_t>(column) + 1);
}

TEST_F(UpdateSqlTest, SaysWhatSqliteSays) {
  EXPECT_THROW(updates_.run(database_, "no_such_column = ?", 1, [](Statement&) {}), DatabaseError);
  EXPECT_THROW(updates_.run(database_, "no_such_column = ?", 1, [](Statement&) {}), DatabaseError);
}

}  // namespace
}  // namespace virtsql
