#include "core/store/schema_objects.h"

#include "core/schema/ddl.h"
#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

using SchemaObjectsTest = test::StoreFixture;

// The statements are read without SQLite, because that is faster; SQLite itself must have the same of them.
TEST_F(SchemaObjectsTest, WhatTheCatalogAsksForIsWhatSqliteMakesOfIt) {
  const std::vector<SchemaObject> wanted = wanted_objects(Catalog::standard());
  const std::vector<SchemaObject> there = read_objects(*database_);
  ASSERT_EQ(wanted.size(), there.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_EQ(wanted[i].type, there[i].type) << wanted[i].name;
    EXPECT_EQ(wanted[i].name, there[i].name);
    EXPECT_EQ(wanted[i].table, there[i].table) << wanted[i].name;
    EXPECT_EQ(wanted[i].sql, there[i].sql) << wanted[i].name;
  }
}

TEST_F(SchemaObjectsTest, SqlitesOwnObjectsAreLeftOutAndTheOrderIsThatOfTheMaking) {
  database_->execute(
      "CREATE TABLE zebra (a UNIQUE); CREATE TABLE ape (id INTEGER PRIMARY KEY AUTOINCREMENT); CREATE INDEX zebra_a ON "
      "zebra(a)");
  const std::vector<SchemaObject> there = read_objects(*database_);
  std::string last;
  for (std::size_t i = there.size() - 3; i < there.size(); ++i)
    last += there[i].type + " " + there[i].name + " " + there[i].table + "; ";
  EXPECT_EQ(last, "table zebra zebra; table ape ape; index zebra_a zebra; ");
  EXPECT_EQ(find_object(there, "sqlite_autoindex_zebra_1"), nullptr);
  EXPECT_EQ(find_object(there, "sqlite_sequence"), nullptr);
}

TEST_F(SchemaObjectsTest, AnObjectIsFoundByItsName) {
  const std::vector<SchemaObject> objects = {
      {"table", "a", "a", "1"}, {"view", "b", "b", "2"}, {"view", "b", "b", "3"}};
  EXPECT_EQ(find_object(objects, "b"), &objects[1]);
  EXPECT_EQ(find_object(objects, "c"), nullptr);
}

TEST_F(SchemaObjectsTest, OnlyWhatTheListNamesIsOurs) {
  database_->execute("CREATE TABLE vm_mine (a); CREATE INDEX disks_mine ON disks(path)");
  const std::vector<SchemaObject> there = read_objects(*database_);
  const OwnObjects own(*database_, there, wanted_objects(Catalog::standard()), kSchemaVersion);
  const auto is_own = [&](std::string_view name) { return own.contains(*find_object(there, name)); };
  EXPECT_TRUE(is_own("disks"));
  EXPECT_TRUE(is_own("vm_disks"));
  EXPECT_FALSE(is_own("vm_mine"));
  EXPECT_FALSE(is_own("disks_mine"));
}

TEST_F(SchemaObjectsTest, TheDigestIsOfWhatIsReplacedAsAWhole) {
  const std::optional<std::int64_t> view = sql_digest({"view", "v", "v", "CREATE VIEW v AS SELECT 1"});
  EXPECT_TRUE(view);
  EXPECT_NE(view, sql_digest({"view", "v", "v", "CREATE VIEW v AS SELECT 2"}));
  EXPECT_TRUE(sql_digest({"trigger", "t", "v", "CREATE TRIGGER t ..."}));
  EXPECT_FALSE(sql_digest({"table", "t", "t", "CREATE TABLE t (a)"}));
  EXPECT_FALSE(sql_digest({"index", "i", "t", "CREATE INDEX i ON t (a)"}));
}

TEST_F(SchemaObjectsTest, AViewWithAnotherSqlThanTheListHasIsNotOurs) {
  database_->execute("DROP VIEW vm_graphics; CREATE VIEW vm_graphics AS SELECT 1");
  const std::vector<SchemaObject> there = read_objects(*database_);
  const std::vector<SchemaObject> wanted = wanted_objects(Catalog::standard());
  const SchemaObject& graphics = *find_object(there, "vm_graphics");
  EXPECT_FALSE(OwnObjects(*database_, there, wanted, kSchemaVersion).contains(graphics));
  database_->execute("UPDATE virtsql_objects SET sql_digest = NULL");
  EXPECT_TRUE(OwnObjects(*database_, there, wanted, kSchemaVersion).contains(graphics)) << "an older list";
  database_->execute(
      "CREATE TABLE names AS SELECT name FROM virtsql_objects; DROP TABLE virtsql_objects; CREATE TABLE "
      "virtsql_objects "
      "(name TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID; INSERT INTO virtsql_objects SELECT name FROM names");
  const std::vector<SchemaObject> older = read_objects(*database_);
  EXPECT_TRUE(OwnObjects(*database_, older, wanted, kSchemaVersion).contains(*find_object(older, "vm_graphics")));
}

// Only a schema with another number may have made a table where this one makes a view.
TEST_F(SchemaObjectsTest, AnObjectOfAnotherTypeThanOursIsNotOurs) {
  database_->execute("DROP VIEW vm_graphics; CREATE TABLE vm_graphics (mine TEXT)");
  const std::vector<SchemaObject> there = read_objects(*database_);
  const std::vector<SchemaObject> wanted = wanted_objects(Catalog::standard());
  const SchemaObject& graphics = *find_object(there, "vm_graphics");
  EXPECT_FALSE(OwnObjects(*database_, there, wanted, kSchemaVersion).contains(graphics));
  EXPECT_FALSE(OwnObjects(*database_, there, wanted, 0).contains(graphics));
  EXPECT_TRUE(OwnObjects(*database_, there, wanted, kSchemaVersion - 1).contains(graphics));
}

// Versions 1 to 3 had no list in the database: what they made is known by its name, however others spell theirs.
TEST_F(SchemaObjectsTest, WithoutTheListOursAreKnownByTheirNames) {
  const Connection connection(":memory:", SQLITE_OPEN_READWRITE, kPatienceMilliseconds);
  Database old(connection.handle());
  old.execute(
      "CREATE TABLE hosts (id INTEGER PRIMARY KEY);"
      "CREATE TABLE \"disks\" (\n  \"id\" INTEGER PRIMARY KEY,\n  \"path\" TEXT\n);"
      "CREATE TABLE \"costs\" (\n  \"id\" INTEGER PRIMARY KEY\n);"
      "CREATE INDEX \"disks_mine\" ON disks(path);"
      "CREATE TRIGGER \"costs_deleted\" AFTER DELETE ON disks BEGIN SELECT 1; END;"
      "CREATE VIEW vm_costs AS SELECT 1");
  const std::vector<SchemaObject> there = read_objects(old);
  const OwnObjects own(old, there, wanted_objects(Catalog::standard()), 3);
  std::string found;
  for (const SchemaObject& object : there)
    if (own.contains(object)) found += object.name + " ";
  EXPECT_EQ(found, "hosts disks ");
}

}  // namespace
}  // namespace virtsql
