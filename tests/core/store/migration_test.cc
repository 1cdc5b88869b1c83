#include "core/store/migration.h"

#include "core/schema/ddl.h"
#include "core/store/schema_mark.h"
#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

// Migrates a database in memory, whose schema was changed by hand, to the catalog's. migrate_test.cc has migrations
// between catalogs, of files.
class MigrationTest : public test::StoreFixture {
 protected:
  MigrationTest() { database_->execute("PRAGMA foreign_keys = OFF"); }

  Migration plan(int version = kSchemaVersion) { return Migration(*database_, Catalog::standard(), wanted_, version); }
  // Plans and runs the migration. Returns whether it said that a copy is needed.
  bool migrate(int version = kSchemaVersion) {
    const WithoutTriggers quiet(handle_);
    database_->forget_statements();
    Migration migration = plan(version);
    const bool copy = migration.needs_copy();
    Transaction transaction(*database_);
    migration.run();
    transaction.commit();
    return copy;
  }
  void change(const std::string& sql) {
    const WithoutTriggers quiet(handle_);
    database_->forget_statements();
    database_->execute(sql);
  }
  // Expects that no migration is planned because of an error that begins with the text.
  void expect_refused(const std::string& said) {
    try {
      plan();
      FAIL();
    } catch (const StoreError& error) {
      EXPECT_EQ(std::string(error.what()).find(said), 0U) << error.what();
    }
  }
  // Expects that the database has the catalog's objects, apart from those of others.
  void expect_ours() {
    const std::vector<SchemaObject> there = read_objects(*database_);
    for (const SchemaObject& object : wanted_) {
      const SchemaObject* now = find_object(there, object);
      ASSERT_NE(now, nullptr) << object.name;
      if (object.type != "table") {
        EXPECT_EQ(now->sql, object.sql);
      }
    }
  }

  const std::vector<SchemaObject> wanted_ = wanted_objects(Catalog::standard());
};

TEST_F(MigrationTest, APresentSchemaStaysAsItIs) {
  const std::vector<SchemaObject> before = read_objects(*database_);
  EXPECT_FALSE(migrate());
  EXPECT_EQ(read_objects(*database_), before);
}

TEST_F(MigrationTest, PlanningChangesNothing) {
  change("DROP VIEW vms; DROP INDEX captures_vm");
  const std::vector<SchemaObject> before = read_objects(*database_);
  EXPECT_FALSE(plan().needs_copy());
  EXPECT_EQ(read_objects(*database_), before);
}

TEST_F(MigrationTest, WhatIsMissingIsMadeAndWhatIsOtherIsReplaced) {
  change(
      "DROP VIEW vms; CREATE VIEW vms AS SELECT 1; DROP TABLE cpu_features; DROP TRIGGER captures_deleted; CREATE "
      "INDEX "
      "old ON hosts(name); UPDATE virtsql_objects SET sql_digest = NULL WHERE name = 'vms'; INSERT INTO "
      "virtsql_objects (name) VALUES ('old')");
  EXPECT_FALSE(migrate());
  expect_ours();
  EXPECT_EQ(find_object(read_objects(*database_), "old"), nullptr);
}

TEST_F(MigrationTest, AColumnIsAddedToATableWithRows) {
  capture(test::read_document("web.xml"));
  const std::string xml = store_->domain_xml(store_->find_vm("web", "test"), Form::kFull);
  // Otherwise SQLite refuses to drop a column that a view names.
  change("PRAGMA legacy_alter_table = ON; ALTER TABLE virtual_machines DROP COLUMN title");
  EXPECT_FALSE(migrate()) << "nothing is made anew";
  expect_ours();
  EXPECT_EQ(store_->domain_xml(store_->find_vm("web", "test"), Form::kFull),
            replaced(xml, "  <title>Web front end</title>\n", ""));
}

TEST_F(MigrationTest, ATableThatIsOtherIsMadeAnewWithItsRows) {
  database_->execute("INSERT INTO hosts (id, name) VALUES (7, 'alpha')");
  const std::string sql = find_object(wanted_, "hosts")->sql;
  // Otherwise SQLite renames the table in the views as well.
  change("PRAGMA legacy_alter_table = ON; ALTER TABLE hosts RENAME TO old; " +
         replaced(sql, ") STRICT", ", UNIQUE (id, name)) STRICT") +
         "; INSERT INTO hosts SELECT * FROM old; DROP TABLE old");
  EXPECT_TRUE(migrate());
  expect_ours();
  EXPECT_EQ(find_object(read_objects(*database_), "hosts")->sql, sql);
  EXPECT_EQ(text("SELECT id || name FROM hosts"), "7alpha");
}

TEST_F(MigrationTest, OthersObjectsStay) {
  database_->execute(
      "CREATE TABLE mine (a); INSERT INTO mine VALUES (1); CREATE INDEX hosts_mine ON hosts(name, id); CREATE VIEW "
      "vm_mine AS SELECT name FROM hosts; CREATE TRIGGER hosts_mine_too AFTER INSERT ON hosts BEGIN SELECT 1; END");
  change("DROP VIEW vms");
  migrate();
  const std::vector<SchemaObject> there = read_objects(*database_);
  for (const char* name : {"mine", "hosts_mine", "vm_mine"}) EXPECT_NE(find_object(there, name), nullptr) << name;
  EXPECT_NE(find_object(there, SchemaObject{"trigger", "hosts_mine_too", "hosts", ""}), nullptr);
  EXPECT_EQ(count("mine"), 1);
}

TEST_F(MigrationTest, WhatStandsInTheWayIsNamedBeforeAnythingIsDone) {
  change("DROP VIEW vms; DELETE FROM virtsql_objects WHERE name = 'vms'; CREATE TABLE vms (a)");
  expect_refused("the database has a table vms that is not virtsql's");
}

// Although the list names it: the list knows our own by its SQL. An older virtsql's list does not.
TEST_F(MigrationTest, AViewOfSomebodyInTheNameOfOursIsNotReplaced) {
  change("DROP VIEW vm_graphics; CREATE VIEW vm_graphics AS SELECT 'mine' AS mine");
  expect_refused(
      "the database has a view vm_graphics that is not virtsql's, where this virtsql needs its own; drop it and make "
      "it "
      "anew under another name, then SELECT virtsql_init()");
  EXPECT_EQ(text("SELECT mine FROM vm_graphics"), "mine");
  change("UPDATE virtsql_objects SET sql_digest = NULL");
  EXPECT_FALSE(migrate());
  expect_ours();
}

TEST_F(MigrationTest, ATriggerOfSomebodyInTheNameOfOursIsNotReplaced) {
  change("DROP TRIGGER captures_deleted; CREATE TRIGGER captures_deleted AFTER INSERT ON captures BEGIN SELECT 1; END");
  expect_refused("the database has a trigger captures_deleted that is not virtsql's");
}

// Although the list names it: that is the view.
TEST_F(MigrationTest, ATableInAViewsPlaceIsNotReplaced) {
  change("DROP VIEW vm_graphics; CREATE TABLE vm_graphics (mine TEXT)");
  expect_refused("the database has a table vm_graphics that is not virtsql's");
}

TEST_F(MigrationTest, ARetiredTableGoesWithItsRowsOnlyIfTheNumberWasRaised) {
  const std::string old =
      "CREATE TABLE old (a); CREATE INDEX old_a ON old(a); INSERT INTO virtsql_objects (name) VALUES ('old'), "
      "('old_a')";
  change(old);
  EXPECT_FALSE(migrate());
  EXPECT_EQ(find_object(read_objects(*database_), "old"), nullptr) << "it was empty";
  change("DELETE FROM virtsql_objects WHERE name GLOB 'old*'; " + old + "; INSERT INTO old VALUES (1)");
  Migration migration = plan();
  EXPECT_NE(find_object(migration.objects(), "old_a"), nullptr) << "it is still ours";
  EXPECT_FALSE(migrate());
  EXPECT_EQ(count("old"), 1);
  EXPECT_TRUE(migrate(kSchemaVersion - 1));
  EXPECT_EQ(find_object(read_objects(*database_), "old"), nullptr);
}

// A bit that is missing would hide rows, so all bits are computed anew if a trigger set other ones before.
TEST_F(MigrationTest, ChildTablesAreComputedAnewIfTheBitsWereOthers) {
  capture(test::read_document("web.xml"));
  const std::string xml = store_->domain_xml(store_->find_vm("web", "test"), Form::kFull);
  const Table* child = nullptr;
  for (const Table* table : Catalog::standard().tables())
    if (!child && table->owner && table->owner->is_vm() && table->bit != 0 && count(table->name) > 0) child = table;
  ASSERT_NE(child, nullptr);
  change("UPDATE virtual_machines SET child_tables = 0");
  EXPECT_NE(store_->domain_xml(store_->find_vm("web", "test"), Form::kFull), xml);
  migrate();
  EXPECT_NE(store_->domain_xml(store_->find_vm("web", "test"), Form::kFull), xml) << "the triggers are the same";
  change("DROP TRIGGER " + child->name + "_inserted");
  migrate();
  EXPECT_EQ(store_->domain_xml(store_->find_vm("web", "test"), Form::kFull), xml);
}

}  // namespace
}  // namespace virtsql
