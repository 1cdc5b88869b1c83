#include "core/store/schema_mark.h"

#include "core/base/version.h"
#include "core/catalog/builder.h"
#include "core/schema/ddl.h"
#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

class SchemaMarkTest : public test::StoreFixture {
 protected:
  // Returns the error of check_schema(), or "" if there is none.
  std::string refusal(Access access) {
    try {
      check_schema(*database_, Catalog::standard(), access);
    } catch (const StoreError& error) {
      return error.what();
    }
    return "";
  }
};

TEST_F(SchemaMarkTest, ACatalogsDigestIsThatOfItsDdl) {
  const BuiltCatalog built(read_catalog_files(VIRTSQL_CATALOG_DIR));
  EXPECT_EQ(schema_sha256(built), schema_sha256(Catalog::standard()));  // the latter is compiled in
  EXPECT_EQ(schema_sha256(built).size(), 64U);
}

TEST_F(SchemaMarkTest, ADatabaseSaysWhichSchemaItHas) {
  const std::optional<SchemaMark> mark = read_schema_mark(*database_);
  ASSERT_TRUE(mark);
  EXPECT_EQ(mark->version, kSchemaVersion);
  EXPECT_EQ(mark->sha256, schema_sha256(Catalog::standard()));
  EXPECT_EQ(mark->made_by, program_version());
}

TEST_F(SchemaMarkTest, OldDatabasesAndDumpsAreKnownToo) {
  database_->execute("PRAGMA application_id = 0; PRAGMA user_version = 0");  // a dump keeps neither
  EXPECT_EQ(read_schema_mark(*database_)->version, 0);
  EXPECT_EQ(read_schema_mark(*database_)->made_by, program_version());
  const Connection connection(":memory:", SQLITE_OPEN_READWRITE, kPatienceMilliseconds);
  Database old(connection.handle());
  EXPECT_FALSE(read_schema_mark(old));
  old.execute("PRAGMA application_id = " + std::to_string(kApplicationId) + "; PRAGMA user_version = 3");
  EXPECT_EQ(read_schema_mark(old)->version, 3);
  EXPECT_EQ(read_schema_mark(old)->sha256, "");
}

TEST_F(SchemaMarkTest, WritingItKeepsTheIdOfTheDatabase) {
  const std::string id = text("SELECT id FROM virtsql_database");
  database_->execute("PRAGMA application_id = 0; PRAGMA user_version = 0");
  write_schema_mark(*database_, "digest", "9.9", {{"table", "one", "one", ""}, {"view", "two", "two", ""}});
  EXPECT_EQ(text("SELECT id || ' ' || schema_sha256 || ' ' || made_by FROM virtsql_database"), id + " digest 9.9");
  EXPECT_EQ(text("SELECT group_concat(name) FROM virtsql_objects"), "one,two");
  EXPECT_EQ(number("PRAGMA application_id"), kApplicationId);
  EXPECT_EQ(number("PRAGMA user_version"), kSchemaVersion);
  database_->execute("DELETE FROM virtsql_database");
  write_schema_mark(*database_, "digest", "9.9", {});
  EXPECT_NE(text("SELECT id FROM virtsql_database"), id);
  EXPECT_EQ(count("virtsql_objects"), 0);
}

TEST_F(SchemaMarkTest, ItsOwnSchemaMayBeReadAndWritten) {
  EXPECT_EQ(refusal(Access::kRead), "");
  EXPECT_EQ(refusal(Access::kWrite), "");
}

// The digest is another, but nothing that this program names is missing: as after a line more in the catalog.
TEST_F(SchemaMarkTest, AnotherSchemaMayBeReadIfItHasEverything) {
  database_->execute("UPDATE virtsql_database SET schema_sha256 = 'other'");
  EXPECT_EQ(refusal(Access::kRead), "");
  EXPECT_NE(refusal(Access::kWrite).find("SELECT virtsql_init() brings it up to date"), std::string::npos);
  database_->execute("UPDATE virtsql_database SET made_by = '999.0'");
  EXPECT_EQ(refusal(Access::kRead), "");
  EXPECT_NE(refusal(Access::kWrite).find("upgrade virtsql"), std::string::npos);
  database_->execute("ALTER TABLE cpu_features RENAME TO gone");
  EXPECT_NE(refusal(Access::kRead).find("has no cpu_features; upgrade virtsql"), std::string::npos);
  database_->execute("ALTER TABLE gone RENAME TO cpu_features; ALTER TABLE cpu_features RENAME COLUMN policy TO p");
  EXPECT_NE(refusal(Access::kRead).find("has no cpu_features.policy"), std::string::npos) << refusal(Access::kRead);
}

TEST_F(SchemaMarkTest, AnOldSchemaIsNotEvenRead) {
  database_->execute("UPDATE virtsql_database SET schema_sha256 = ''; PRAGMA user_version = 2");
  EXPECT_NE(refusal(Access::kRead).find("schema version 2, older than"), std::string::npos) << refusal(Access::kRead);
  EXPECT_NE(refusal(Access::kRead).find("SELECT virtsql_init() migrates it"), std::string::npos);
}

TEST_F(SchemaMarkTest, ANewerProgramsSchemaIsNotChanged) {
  const auto refused = [](int version, const std::string& sha256, const std::string& made_by) {
    try {
      refuse_newer_schema({version, sha256, made_by}, Catalog::standard());
    } catch (const StoreError&) {
      return true;
    }
    return false;
  };
  EXPECT_TRUE(refused(kSchemaVersion + 1, "other", ""));
  EXPECT_TRUE(refused(kSchemaVersion, "other", "999.0"));
  EXPECT_FALSE(refused(kSchemaVersion, schema_sha256(Catalog::standard()), "999.0"));
  EXPECT_FALSE(refused(kSchemaVersion, "other", "0.1"));
}

}  // namespace
}  // namespace virtsql
