#include "core/store/init.h"

#include "core/base/version.h"
#include "core/schema/ddl.h"
#include "core/store/schema_mark.h"
#include "tests/core/store/fixture.h"
#include "tests/core/temporary_folder.h"

namespace virtsql {
namespace {

class InitTest : public test::StoreFixture {
 protected:
  // Returns the error of init_schema(), or "" if it makes or leaves the schema.
  std::string refusal() {
    try {
      EXPECT_EQ(init_schema(*database_, Catalog::standard(), WriterLockHeld::kNo), kSchemaVersion);
    } catch (const StoreError& error) {
      return error.what();
    }
    return "";
  }
};

TEST_F(InitTest, AnEmptyDatabaseGetsTheSchema) {
  const test::TemporaryFolder folder;
  const Connection connection(folder / "virtsql.db", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, kPatienceMilliseconds);
  Database database(connection.handle());
  // This gives the file a page, after which auto_vacuum cannot be set without VACUUM.
  database.execute("PRAGMA journal_mode = WAL");
  EXPECT_EQ(init_schema(database, Catalog::standard(), WriterLockHeld::kNo), kSchemaVersion);
  EXPECT_EQ(read_schema_mark(database)->sha256, schema_sha256(Catalog::standard()));
  EXPECT_EQ(read_schema_mark(database)->made_by, program_version());
  EXPECT_EQ(database.query_int("PRAGMA auto_vacuum"), 2);
}

TEST_F(InitTest, ADatabaseThatHasTheSchemaIsLeftAlone) {
  const std::int64_t before = number("PRAGMA schema_version");
  const int changes = sqlite3_total_changes(handle_);
  EXPECT_EQ(refusal(), "");
  EXPECT_EQ(number("PRAGMA schema_version"), before);
  EXPECT_EQ(sqlite3_total_changes(handle_), changes);
}

TEST_F(InitTest, ADatabaseOfSomethingElseIsRefused) {
  const Connection connection(":memory:", SQLITE_OPEN_READWRITE, kPatienceMilliseconds);
  Database database(connection.handle());
  database.execute("CREATE TABLE mine (a)");
  EXPECT_THROW(init_schema(database, Catalog::standard(), WriterLockHeld::kNo), StoreError);
  EXPECT_EQ(database.query_int("SELECT count(*) FROM sqlite_master"), 1);
}

TEST_F(InitTest, AMigrationNeedsAFileAndNoTransaction) {
  const Connection connection(":memory:", SQLITE_OPEN_READWRITE, kPatienceMilliseconds);
  Database old(connection.handle());
  old.execute("PRAGMA application_id = " + std::to_string(kApplicationId) + "; PRAGMA user_version = 3");
  const auto said = [&]() -> std::string {
    try {
      init_schema(old, Catalog::standard(), WriterLockHeld::kNo);
    } catch (const StoreError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(said(), "the schema of a database that is in no file cannot be migrated");
  old.execute("BEGIN");
  EXPECT_NE(said().find("it cannot be migrated inside a transaction"), std::string::npos) << said();
}

TEST_F(InitTest, ANewerProgramsSchemaIsRefused) {
  database_->execute("UPDATE virtsql_database SET schema_sha256 = 'other', made_by = '999.0'");
  EXPECT_NE(refusal().find("virtsql 999.0"), std::string::npos) << refusal();
  database_->execute("PRAGMA user_version = 99");
  EXPECT_NE(refusal().find("schema version 99"), std::string::npos) << refusal();
}

}  // namespace
}  // namespace virtsql
