#include "core/base/database.h"

#include <gtest/gtest.h>

#include <chrono>

#include "tests/core/temporary_folder.h"

namespace virtsql {
namespace {

class DatabaseTest : public testing::Test {
 protected:
  DatabaseTest() { database_.execute("CREATE TABLE t (a UNIQUE, b)"); }
  std::int64_t count() { return database_.query_int("SELECT count(*) FROM t"); }

  test::TemporaryFolder folder_;
  const std::string path_ = folder_ / "test.db";
  Connection connection_{path_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, kPatienceMilliseconds};
  Database database_{connection_.handle()};
};

TEST_F(DatabaseTest, StatementsTellNullFromEmpty) {
  Statement insert(database_.handle(), "INSERT INTO t VALUES (?1, ?2)");
  insert.bind_text(1, {});
  insert.bind_text(2, "");
  insert.run();
  insert.bind_blob(1, "");  // run() cleared the other bindings: parameter 2 is NULL again
  insert.run();
  Statement rows(database_.handle(), "SELECT a, b FROM t ORDER BY rowid");
  ASSERT_TRUE(rows.step());
  EXPECT_TRUE(rows.is_null(0));
  EXPECT_EQ(rows.get_text(0).data(), nullptr);
  EXPECT_EQ(rows.get_blob(0).data(), nullptr);
  EXPECT_NE(rows.get_text(1).data(), nullptr);
  ASSERT_TRUE(rows.step());
  EXPECT_NE(rows.get_blob(0).data(), nullptr);
  EXPECT_TRUE(rows.is_null(1));
  EXPECT_FALSE(rows.step());
}

TEST_F(DatabaseTest, ErrorsHaveSqlitesCode) {
  const auto code_of = [&](const std::string& sql) {
    try {
      database_.execute(sql);
    } catch (const DatabaseError& error) {
      return error.primary();
    }
    return SQLITE_OK;
  };
  database_.execute("INSERT INTO t VALUES (1, 1)");
  EXPECT_EQ(code_of("INSERT INTO t VALUES (1, 2)"), SQLITE_CONSTRAINT);
  EXPECT_TRUE(is_value_error(SQLITE_CONSTRAINT_UNIQUE));
  EXPECT_EQ(code_of("SELECT * FROM none"), SQLITE_ERROR);
  EXPECT_THROW(Statement(database_.handle(), "nonsense"), DatabaseError);
  Statement again(database_.handle(), "INSERT INTO t VALUES (1, 2)");
  EXPECT_THROW(again.run(), DatabaseError);
  for (const int code : {SQLITE_BUSY, SQLITE_FULL, SQLITE_NOMEM, SQLITE_IOERR_WRITE, SQLITE_CORRUPT, SQLITE_ERROR})
    EXPECT_FALSE(is_value_error(code)) << code;
  EXPECT_TRUE(is_refusal(SQLITE_CONSTRAINT_UNIQUE));
  EXPECT_TRUE(is_refusal(SQLITE_ERROR));
  EXPECT_FALSE(is_refusal(SQLITE_BUSY));
  try {
    const Connection none(folder_ / "none/test.db", SQLITE_OPEN_READWRITE, kPatienceMilliseconds);
    ADD_FAILURE() << "opened";
  } catch (const DatabaseError& error) {
    EXPECT_EQ(error.primary(), SQLITE_CANTOPEN);
    EXPECT_TRUE(std::string_view(error.what()).starts_with(folder_ / "none/test.db: ")) << error.what();
  }
}

TEST_F(DatabaseTest, PreparesAStatementOnceUntilItForgets) {
  Statement& first = database_.prepared("SELECT 1");
  EXPECT_EQ(&database_.prepared("SELECT 1"), &first);
  CachedSql sql;
  sql = "SELECT a FROM t";
  EXPECT_EQ(&database_.prepared(sql), &database_.prepared("SELECT a FROM t"));
  database_.forget_statements();
  EXPECT_EQ(sqlite3_next_stmt(database_.handle(), nullptr), nullptr);
  EXPECT_FALSE(database_.prepared(sql).step());  // prepared anew
  sql = "SELECT 7";
  EXPECT_TRUE(database_.prepared(sql).step());
}

TEST_F(DatabaseTest, ATransactionThatIsNotCommittedIsRolledBack) {
  {
    const Transaction transaction(database_);
    database_.execute("INSERT INTO t VALUES (1, 1)");
  }
  EXPECT_EQ(count(), 0);
  {
    Transaction transaction(database_);
    database_.execute("INSERT INTO t VALUES (1, 1)");
    transaction.commit();
  }
  EXPECT_EQ(count(), 1);
  {
    const Transaction transaction(database_);
    database_.execute("INSERT INTO t VALUES (2, 1); ROLLBACK");  // as SQLite does by itself
  }
  EXPECT_EQ(count(), 1);
}

TEST_F(DatabaseTest, ASavepointThatIsNotReleasedIsRolledBack) {
  for (const bool inside : {false, true}) {
    database_.execute("DELETE FROM t");
    if (inside) database_.execute("BEGIN; INSERT INTO t VALUES (0, 0)");
    {
      const Savepoint savepoint(database_);
      database_.execute("INSERT INTO t VALUES (1, 1)");
    }
    {
      Savepoint savepoint(database_);
      database_.execute("INSERT INTO t VALUES (2, 1)");
      savepoint.release();
    }
    EXPECT_EQ(sqlite3_get_autocommit(database_.handle()), inside ? 0 : 1);
    if (inside) database_.execute("COMMIT");
    EXPECT_EQ(count(), inside ? 2 : 1);
    EXPECT_EQ(database_.query_int("SELECT max(a) FROM t"), 2);
  }
}

TEST_F(DatabaseTest, ASavepointLeavesTheTransactionsSettings) {
  database_.execute("PRAGMA temp_store = FILE; BEGIN");
  Savepoint(database_).release();
  EXPECT_EQ(database_.query_int("PRAGMA temp_store"), 1);
  EXPECT_EQ(sqlite3_txn_state(database_.handle(), "main"), SQLITE_TXN_WRITE);
  database_.execute("COMMIT; CREATE TEMP TABLE own AS SELECT 5 AS a; BEGIN");
  Savepoint(database_).release();
  EXPECT_EQ(database_.query_int("SELECT a FROM own"), 5);
  database_.execute("COMMIT");
}

// SQLite cannot open a savepoint inside a statement that writes. It rolls back such a statement as a whole by itself.
TEST_F(DatabaseTest, ASavepointInsideAStatementThatWritesDoesNothing) {
  sqlite3_create_function(
      database_.handle(), "inside", 0, SQLITE_UTF8, &database_,
      [](sqlite3_context* context, int, sqlite3_value**) {
        Savepoint(*static_cast<Database*>(sqlite3_user_data(context))).release();
        sqlite3_result_int(context, 1);
      },
      nullptr, nullptr);
  database_.execute("INSERT INTO t SELECT inside(), 1");
  EXPECT_EQ(count(), 1);
}

TEST_F(DatabaseTest, TriggersRestAndAreThenAsBefore) {
  database_.execute(
      "CREATE TABLE seen (a); CREATE TRIGGER see AFTER INSERT ON t BEGIN INSERT INTO seen VALUES (NEW.a); END");
  {
    const WithoutTriggers rest(database_.handle());
    database_.execute("INSERT INTO t VALUES (1, 1)");
    { const WithoutTriggers again(database_.handle()); }
    database_.execute("INSERT INTO t VALUES (2, 1)");
  }
  database_.execute("INSERT INTO t VALUES (3, 1)");
  EXPECT_EQ(database_.query_int("SELECT group_concat(a) FROM seen"), 3);
}

TEST_F(DatabaseTest, LeavesTheFilesThatReadersNeed) {
  database_.execute("PRAGMA journal_mode = WAL");
  {
    const Connection other(path_, SQLITE_OPEN_READWRITE, kPatienceMilliseconds);
    Database(other.handle()).execute("INSERT INTO t VALUES (1, 1)");
  }
  database_.forget_statements();
  for (const char* suffix : {"-wal", "-shm"}) EXPECT_TRUE(std::filesystem::exists(path_ + suffix)) << suffix;
}

TEST_F(DatabaseTest, ALockIsWaitedForAsLongAsThePatienceSays) {
  const Transaction lock(database_);
  const Connection other(path_, SQLITE_OPEN_READWRITE, 200);
  const auto begin = std::chrono::steady_clock::now();
  try {
    Database(other.handle()).execute("BEGIN IMMEDIATE");
    ADD_FAILURE() << "two write";
  } catch (const DatabaseError& error) {
    EXPECT_EQ(error.primary(), SQLITE_BUSY);
  }
  const auto waited = std::chrono::steady_clock::now() - begin;
  EXPECT_GE(waited, std::chrono::milliseconds(100));
  EXPECT_LT(waited, std::chrono::seconds(20));
}

TEST_F(DatabaseTest, SaysItsFile) {
  EXPECT_EQ(file_of(database_.handle()), path_);
  const Connection in_memory(":memory:", SQLITE_OPEN_READWRITE, kPatienceMilliseconds);
  EXPECT_EQ(file_of(in_memory.handle()), "");
}

TEST(Connections, MakeTheFilesOfADatabaseReadable) {
  const test::TemporaryFolder folder;
  const std::string path = folder / "test.db";
  {
    const Connection connection(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, kPatienceMilliseconds);
    Database(connection.handle()).execute("PRAGMA journal_mode = WAL; CREATE TABLE t (a)");
  }
  for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(path + suffix);
  ensure_readable(path, kPatienceMilliseconds);
  for (const char* suffix : {"-wal", "-shm"}) EXPECT_TRUE(std::filesystem::exists(path + suffix)) << suffix;
  EXPECT_EQ(std::filesystem::file_size(path + "-wal"), 0U);
}

}  // namespace
}  // namespace virtsql
