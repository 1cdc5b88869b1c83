// Migration between schemas whose catalogs differ in one line, in both directions.
#include "core/store/migrate.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/version.h"
#include "core/catalog/builder.h"
#include "core/schema/ddl.h"
#include "core/store/schema_mark.h"
#include "core/store/writer.h"
#include "tests/core/store/fixture.h"
#include "tests/core/temporary_folder.h"

namespace virtsql {
namespace {

// Returns the files of the catalog with the first `from` in them replaced. Fails the test if no file has it.
std::vector<CatalogFile> changed_catalog(const std::string& from, const std::string& to) {
  std::vector<CatalogFile> files = read_catalog_files(VIRTSQL_CATALOG_DIR);
  for (CatalogFile& file : files) {
    const std::size_t at = file.text.find(from);
    if (at == std::string::npos) continue;
    file.text.replace(at, from.size(), to);
    return files;
  }
  ADD_FAILURE() << from;
  return files;
}

constexpr char kLine[] = "  title                        text     Short title for people.\n";

// Returns the catalog with one line more than the built-in one.
std::vector<CatalogFile> longer_catalog() {
  return changed_catalog(
      kLine, std::string(kLine) + "  nickname                     text     {index}  What people call it.\n");
}

class MigrateTest : public testing::Test {
 protected:
  struct Open {
    explicit Open(const std::string& path, const Catalog& catalog = Catalog::standard())
        : connection(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, kPatienceMilliseconds),
          database(connection.handle()),
          store(database, catalog) {}
    std::string text(const std::string& sql) {
      Statement statement(connection.handle(), sql);
      return statement.step() ? std::string(statement.get_text(0)) : "(no row)";
    }
    Connection connection;
    Database database;
    Store store;
  };

  static std::string capture(Store& store, const std::string& xml) {
    const CaptureResult result = store.capture(test::capture_of(xml));
    EXPECT_EQ(result.error, "");
    return result.vm_uuid;
  }

  static std::string with_nickname() {
    std::string xml = test::read_document("web.xml");
    const std::size_t at = xml.find("  <memory");
    EXPECT_NE(at, std::string::npos);
    xml.insert(at, "  <nickname>webby</nickname>\n");
    return xml;
  }

  std::size_t copies() const {
    std::size_t out = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path()))
      if (entry.path().string().find(".bak") != std::string::npos) ++out;
    return out;
  }

  test::TemporaryFolder folder_;
  const std::string path_ = folder_ / "virtsql.db";
};

TEST_F(MigrateTest, TheDigestOfTheBuildIsThatOfTheDdl) {
  EXPECT_EQ(schema_sha256(Catalog::standard()).size(), 64U);
  const BuiltCatalog copy(changed_catalog("text", "text"));
  EXPECT_EQ(schema_sha256(Catalog::standard()), schema_sha256(copy));
  EXPECT_NE(schema_sha256(Catalog::standard()), schema_sha256(BuiltCatalog(longer_catalog())));
}

TEST_F(MigrateTest, ANewDatabaseSaysWhatItIs) {
  Open open(path_);
  open.store.init();
  EXPECT_EQ(open.text("SELECT count(*) FROM virtsql_database"), "1");
  EXPECT_EQ(open.text("SELECT length(id) = 36 AND id GLOB '*-*-4*-[89ab]*-*' FROM virtsql_database"), "1");
  EXPECT_EQ(open.text("SELECT schema_sha256 FROM virtsql_database"), schema_sha256(Catalog::standard()));
  EXPECT_EQ(open.text("SELECT made_by FROM virtsql_database"), program_version());
  EXPECT_EQ(open.text("PRAGMA auto_vacuum"), "2");
  EXPECT_EQ(open.text("SELECT count(*) FROM sqlite_master WHERE name NOT GLOB 'sqlite_*' AND name NOT IN (SELECT name "
                      "FROM virtsql_objects)"),
            "0");
}

TEST_F(MigrateTest, AWritersDatabaseVacuumsIncrementally) {
  Writer writer(path_, 1000);
  EXPECT_EQ(writer.database().query_int("PRAGMA auto_vacuum"), 2);
}

TEST_F(MigrateTest, OneMoreLineOfTheCatalogIsEnough) {
  std::string id;
  {
    Open open(path_);
    open.store.init();
    capture(open.store, with_nickname());
    id = open.text("SELECT id FROM virtsql_database");
    // <nickname> has no column yet.
    EXPECT_EQ(open.text("SELECT key FROM vendor_options"), "nickname");
  }
  const BuiltCatalog longer(longer_catalog());
  Open open(path_, longer);
  try {
    capture(open.store, test::read_document("db.xml"));
    FAIL();
  } catch (const StoreError& error) {
    EXPECT_NE(std::string(error.what()).find("SELECT virtsql_init()"), std::string::npos) << error.what();
  }
  EXPECT_EQ(open.store.init(), kSchemaVersion);
  EXPECT_EQ(copies(), 0U);
  EXPECT_EQ(open.text("SELECT id FROM virtsql_database"), id);
  EXPECT_EQ(open.text("SELECT schema_sha256 FROM virtsql_database"), schema_sha256(longer));
  EXPECT_EQ(open.text("SELECT count(*) FROM sqlite_master WHERE name = 'virtual_machines_nickname'"), "1");
  // What was stored before still comes back, and new documents use the column.
  EXPECT_EQ(open.store.domain_xml(open.store.find_vm("web", "f"), Form::kFull), with_nickname());
  std::string other = with_nickname();
  other.replace(other.find("webby"), 5, "kettle");
  capture(open.store, other);
  EXPECT_EQ(open.text("SELECT nickname FROM virtual_machines"), "kettle");
  EXPECT_EQ(open.text("SELECT count(*) FROM vendor_options"), "0");
  EXPECT_EQ(open.store.domain_xml(open.store.find_vm("web", "f"), Form::kFull), other);
  EXPECT_EQ(open.text("PRAGMA integrity_check"), "ok");
}

TEST_F(MigrateTest, AnOlderProgramReadsANewerSchemaAndLeavesItAlone) {
  const BuiltCatalog longer(longer_catalog());
  std::string digest;
  {
    Open open(path_, longer);
    open.store.init();
    capture(open.store, with_nickname());
    open.database.execute("UPDATE virtsql_database SET made_by = '999.0'");
    digest = open.text("SELECT schema_sha256 FROM virtsql_database");
  }
  Open open(path_);
  EXPECT_THROW(open.store.init(), StoreError);
  EXPECT_THROW(capture(open.store, test::read_document("db.xml")), StoreError);
  EXPECT_NE(open.store.domain_xml(open.store.find_vm("web", "f"), Form::kFull).find("<name>web</name>"),
            std::string::npos);
  EXPECT_EQ(open.text("SELECT schema_sha256 FROM virtsql_database"), digest);
  EXPECT_EQ(open.text("SELECT nickname FROM virtual_machines"), "webby");
  // A newer database that lacks a table which this program needs cannot even be read.
  open.database.execute("DROP VIEW vm_hubs; DROP TABLE cpu_features");
  Open again(path_);
  try {
    again.store.find_vm("web", "f");
    FAIL();
  } catch (const StoreError& error) {
    EXPECT_NE(std::string(error.what()).find("cpu_features; upgrade virtsql"), std::string::npos) << error.what();
  }
}

TEST_F(MigrateTest, WhatIsNotOursStays) {
  {
    Open open(path_);
    open.store.init();
    capture(open.store, test::read_document("web.xml"));
    open.database.execute(
        "CREATE TABLE notes (vm_uuid TEXT REFERENCES virtual_machines(uuid), note TEXT);"
        "INSERT INTO notes VALUES ('4dea22b3-1d52-d8f3-2516-782e98ab3fa0', 'mine');"
        "CREATE INDEX disks_mine ON disks(path, name);"
        "CREATE INDEX leases_mine ON leases(target_path);"
        "CREATE VIEW vm_mine AS SELECT name FROM virtual_machines;"
        "CREATE TRIGGER virtual_machines_mine AFTER INSERT ON virtual_machines BEGIN INSERT INTO notes VALUES "
        "(NEW.uuid, "
        "NEW.name); END;"
        "CREATE TRIGGER vm_disks_mine INSTEAD OF INSERT ON vm_disks WHEN 0 BEGIN SELECT 1; END;"
        "CREATE VIRTUAL TABLE places USING rtree(id, x0, x1);"
        "INSERT INTO places VALUES (1, 2, 3);"
        "ALTER TABLE leases ADD COLUMN remark TEXT");
  }
  const std::string others =
      "SELECT group_concat(type || name || sql) FROM (SELECT * FROM sqlite_master WHERE name GLOB '*_mine' OR name = "
      "'notes' OR name GLOB 'places*' ORDER BY name)";
  Open before(path_);
  const std::string there = before.text(others);
  // This change makes some tables anew and adds columns to others, with rows and without.
  const BuiltCatalog other(
      changed_catalog("    lockspace                  text ", "    lockspace  lockspace_name  text "));
  Open open(path_, other);
  open.store.init();
  EXPECT_EQ(open.text(others), there);
  EXPECT_EQ(open.text("SELECT note FROM notes"), "mine");
  EXPECT_EQ(open.text("SELECT x1 FROM places"), "3.0");
  EXPECT_EQ(open.text("SELECT count(*) FROM pragma_table_info('leases') WHERE name = 'remark'"), "1");
}

TEST_F(MigrateTest, GeneratedColumnsThatAreNotOursStay) {
  {
    Open open(path_);
    open.store.init();
    capture(open.store, test::read_document("web.xml"));
    open.database.execute(
        "ALTER TABLE virtual_machines ADD COLUMN site TEXT;"
        "UPDATE virtual_machines SET site = 'attic';"
        "ALTER TABLE virtual_machines ADD COLUMN label TEXT AS (name || '@' || site);"
        "CREATE INDEX virtual_machines_label_mine ON virtual_machines(label)");
  }
  // The table is made anew.
  const BuiltCatalog other(changed_catalog(kLine, "  title                        integer  Short title for people.\n"));
  Open open(path_, other);
  open.store.init();
  EXPECT_EQ(open.text("SELECT type FROM pragma_table_info('virtual_machines') WHERE name = 'title'"), "INTEGER");
  EXPECT_EQ(open.text("SELECT site || label FROM virtual_machines INDEXED BY virtual_machines_label_mine WHERE label "
                      "= 'web@attic'"),
            "atticweb@attic");
}

// A migration after which somebody's view or trigger would be of no use is refused.
TEST_F(MigrateTest, ViewsAndTriggersThatAreNotOursWorkAfterwards) {
  // In the database, a column of vm_leases has a name that the present schema does not know.
  const BuiltCatalog before(
      changed_catalog("    lockspace                  text ", "    lockspace  lockspace_name  text "));
  const auto migrated = [&](const std::string& sql) -> std::string {
    std::filesystem::remove(path_);
    {
      Open open(path_, before);
      open.store.init();
      open.database.execute("CREATE TABLE notes (note TEXT); " + sql);
    }
    Open open(path_);
    const std::string schema = "SELECT group_concat(sql) FROM sqlite_master";
    const std::string there = open.text(schema);
    try {
      open.store.init();
    } catch (const StoreError& error) {
      EXPECT_EQ(open.text(schema), there);
      return error.what();
    }
    return "migrated";
  };
  const std::vector<std::string> spoiled = {
      "view mine: CREATE VIEW mine AS SELECT lockspace_name FROM vm_leases",
      "view mine: CREATE VIEW mine AS SELECT \"lockspace_name\" FROM vm_leases",
      "trigger mine: CREATE TRIGGER mine AFTER INSERT ON notes BEGIN UPDATE vm_leases SET lockspace_name = NEW.note; "
      "END",
      "trigger mine: CREATE TRIGGER mine INSTEAD OF UPDATE ON vm_leases BEGIN INSERT INTO notes VALUES "
      "(NEW.lockspace_name); END"};
  for (const std::string& each : spoiled) {
    const std::size_t colon = each.find(": ");
    const std::string refusal = migrated(each.substr(colon + 2));
    EXPECT_TRUE(refusal.starts_with("the " + each.substr(0, colon) +
                                    ", which is not virtsql's, cannot be kept (no such "
                                    "column: "))
        << refusal;
  }
  const std::vector<std::string> fine = {
      "CREATE VIEW mine AS SELECT vm_name, \"one text\" FROM vm_leases",
      "CREATE TRIGGER mine AFTER INSERT ON notes BEGIN UPDATE vm_leases SET key = NEW.note; END",
      "CREATE VIEW mine AS SELECT nobodys(lockspace_name) FROM vm_leases",  // it did not work before either
      "CREATE VIEW mine AS SELECT absent FROM nowhere; CREATE TRIGGER mine_too INSTEAD OF INSERT ON mine BEGIN SELECT "
      "1; END"};
  for (const std::string& each : fine) EXPECT_EQ(migrated(each), "migrated") << each;
}

TEST_F(MigrateTest, WhatCannotStayIsRefusedInWords) {
  {
    Open open(path_);
    open.store.init();
    open.database.execute("CREATE TABLE nicknames (a); CREATE VIEW vm_mine AS SELECT 1");
  }
  const BuiltCatalog other(changed_catalog("set vcpus ", "set nicknames "));
  Open open(path_, other);
  const std::string before = open.text("SELECT group_concat(sql) FROM sqlite_master");
  try {
    open.store.init();
    FAIL();
  } catch (const StoreError& error) {
    EXPECT_NE(std::string(error.what()).find("table nicknames that is not virtsql's"), std::string::npos)
        << error.what();
  }
  EXPECT_EQ(open.text("SELECT group_concat(sql) FROM sqlite_master"), before);
}

// SQLite takes names that differ in case alone for one name.
TEST_F(MigrateTest, ANameOfOthersThatDiffersInCaseIsRefusedInWords) {
  for (const auto& [made, told] :
       {std::pair("CREATE TABLE Nicknames (a)",
                  "a table Nicknames that is not virtsql's, where this virtsql needs its "
                  "own; rename it"),
        std::pair("CREATE VIEW NICKNAMES AS SELECT 1",
                  "a view NICKNAMES that is not virtsql's, where this virtsql "
                  "needs its own; drop it and make it anew under another name"),
        std::pair("CREATE INDEX Nicknames ON disks(path)", "an index Nicknames that is not virtsql's")}) {
    std::filesystem::remove(path_);
    {
      Open open(path_);
      open.store.init();
      open.database.execute(made);
    }
    const BuiltCatalog other(changed_catalog("set vcpus ", "set nicknames "));
    Open open(path_, other);
    try {
      open.store.init();
      FAIL() << made;
    } catch (const StoreError& error) {
      EXPECT_NE(std::string(error.what()).find(told), std::string::npos) << error.what();
    }
  }
}

// A trigger and a table may have one name, and then only one of them is ours.
TEST_F(MigrateTest, ATableOfOthersWithTheNameOfATriggerStays) {
  Open open(path_);
  open.store.init();
  open.database.execute(
      "CREATE TABLE disks_deleted (a); CREATE TRIGGER disks AFTER INSERT ON disks_deleted BEGIN SELECT 1; END;"
      "UPDATE virtsql_database SET schema_sha256 = 'other'");
  const std::string objects =
      "SELECT group_concat(type || name) FROM (SELECT * FROM sqlite_master WHERE name IN ('disks', 'disks_deleted') "
      "ORDER BY 1, 2)";
  const std::string before = open.text(objects);
  open.store.init();
  EXPECT_EQ(open.text(objects), before);
}

TEST_F(MigrateTest, AForeignKeyOfOthersWorksAfterwards) {
  for (const bool column : {false, true}) {
    std::filesystem::remove(path_);
    Open open(path_);
    open.store.init();
    open.database.execute(
        "CREATE TABLE old_things (id INTEGER PRIMARY KEY); INSERT INTO virtsql_objects (name) VALUES "
        "('old_things'); UPDATE virtsql_database SET schema_sha256 = 'other'");
    open.database.execute(column ? "ALTER TABLE leases ADD COLUMN thing INTEGER REFERENCES old_things(id)"
                                 : "CREATE TABLE tag (thing INTEGER REFERENCES old_things(id))");
    try {
      open.store.init();
      FAIL();
    } catch (const StoreError& error) {
      const std::string told = error.what();
      EXPECT_TRUE(told.starts_with(column ? "a column of leases, which is not virtsql's, cannot be kept ("
                                          : "the table tag, which is not virtsql's, cannot be kept ("))
          << told;
    }
    EXPECT_EQ(open.text("SELECT count(*) FROM sqlite_master WHERE name = 'old_things'"), "1");
  }
}

// Makes a table as a database has it if its schema had one table more than the present one.
void make_retired_table(Database& database, const std::string& name) {
  database.execute(
      "CREATE TABLE " + name + " (id INTEGER PRIMARY KEY, vm_uuid TEXT); CREATE INDEX " + name + "_vm ON " + name +
      "(vm_uuid); CREATE TRIGGER " + name + "_deleted AFTER DELETE ON " + name +
      " BEGIN DELETE FROM vendor_options WHERE owner_id = OLD.id; END; INSERT INTO virtsql_objects (name) VALUES ('" +
      name + "'), ('" + name + "_vm'), ('" + name + "_deleted'); UPDATE virtsql_database SET schema_sha256 = 'other'");
}

TEST_F(MigrateTest, ATableThatTheSchemaHasNoMoreStaysWithItsRowsUntilTheNumberIsRaised) {
  {
    Open open(path_);
    open.store.init();
    make_retired_table(open.database, "full_things");
    make_retired_table(open.database, "empty_things");
    open.database.execute("INSERT INTO full_things (vm_uuid) VALUES ('one')");
  }
  const std::string names =
      "SELECT group_concat(name) FROM (SELECT name FROM sqlite_master WHERE name GLOB '*_things*' ORDER BY name)";
  for (int round = 0; round < 2; ++round) {
    Open open(path_);
    open.store.init();
    EXPECT_EQ(open.text(names), "full_things,full_things_vm");
    EXPECT_EQ(open.text("SELECT vm_uuid FROM full_things"), "one");
    EXPECT_EQ(copies(), 0U);
    open.database.execute("UPDATE virtsql_database SET schema_sha256 = 'other'");
  }
  Open open(path_);
  open.database.execute("PRAGMA user_version = " + std::to_string(kSchemaVersion - 1));
  open.store.init();
  EXPECT_EQ(open.text(names), "");
  EXPECT_EQ(copies(), 1U);
}

TEST_F(MigrateTest, AColumnThatIsNotInTheListStaysAlsoWhereTheNumberIsRaised) {
  Open open(path_);
  open.store.init();
  open.database.execute(
      "ALTER TABLE virtual_machines ADD COLUMN \"site\" TEXT; UPDATE virtsql_database SET schema_sha256 = 'other'");
  open.database.execute("PRAGMA user_version = " + std::to_string(kSchemaVersion - 1));
  open.store.init();
  EXPECT_EQ(open.text("SELECT count(*) FROM pragma_table_info('virtual_machines') WHERE name = 'site'"), "1");
}

TEST_F(MigrateTest, AColumnOfAnotherTypeHasACopyFirst) {
  {
    Open open(path_);
    open.store.init();
    capture(open.store, test::read_document("web.xml"));
  }
  for (int round = 0; round < 3; ++round) {
    const std::string type = round % 2 == 0 ? "integer" : "text";
    const BuiltCatalog other(
        changed_catalog(kLine, "  title                        " + type + "     Short title for people.\n"));
    Open open(path_, other);
    open.store.init();
    EXPECT_EQ(copies(), std::min<std::size_t>(static_cast<std::size_t>(round) + 1, 2));
    EXPECT_EQ(open.text("SELECT count(*) FROM virtual_machines"), "1");
    EXPECT_EQ(open.text("PRAGMA foreign_key_check"), "(no row)");
  }
}

TEST_F(MigrateTest, ATextThatBecomesANumberKeepsItsSpelling) {
  std::string xml = test::read_document("web.xml");
  const std::string controller = "    <controller type='usb' index='007' ports='0x4'/>\n";
  xml.insert(xml.find("  </devices>"), controller);
  // One column is of the resource, one of the attachment.
  for (const char* line : {"index  integer  {key type}", "@ports                     integer"}) {
    std::string text = line;
    text.replace(text.find("integer"), 7, "text");
    const BuiltCatalog other(changed_catalog(line, text));
    std::filesystem::remove(path_);
    std::string vm;
    {
      Open open(path_, other);
      open.store.init();
      vm = capture(open.store, xml);
    }
    Open open(path_);
    open.store.init();
    EXPECT_EQ(open.text("SELECT typeof(\"index\") || \"index\" FROM controllers WHERE type = 'usb' AND \"index\" = 7"),
              "integer7");
    EXPECT_EQ(open.text("SELECT typeof(ports) || ports FROM controller_attachments WHERE ports IS NOT NULL"),
              "integer4");
    EXPECT_EQ(open.store.domain_xml(open.store.find_vm(vm, "test"), Form::kFull), xml);
  }
}

// A migration runs single statements that it takes from the DDL's text. They must make what the whole DDL makes.
TEST_F(MigrateTest, AMigratedSchemaIsThatOfANewDatabase) {
  const std::string objects =
      "SELECT group_concat(type || name || tbl_name || sql) FROM (SELECT * FROM sqlite_master WHERE sql IS NOT NULL "
      "ORDER "
      "BY type, name)";
  std::string wanted;
  {
    Open open(path_);
    open.store.init();
    wanted = open.text(objects);
    // Drops all views and indexes, and changes the digest. The migration must make them again, and makes every table
    // anew that has no rows.
    Statement drop(open.connection.handle(),
                   "SELECT type || ' ' || name FROM sqlite_master WHERE type IN ('view', 'index') AND "
                   "sql IS NOT NULL");
    std::vector<std::string> names;
    while (drop.step()) names.emplace_back(drop.get_text(0));
    Transaction transaction(open.database);
    for (const std::string& name : names) open.database.execute("DROP " + name);
    open.database.execute("UPDATE virtsql_database SET schema_sha256 = ''");
    transaction.commit();
  }
  Open open(path_);
  open.store.init();
  EXPECT_EQ(open.text(objects), wanted);
}

TEST_F(MigrateTest, ADumpIsKnownByItsTable) {
  {
    Open open(path_);
    open.store.init();
    capture(open.store, test::read_document("web.xml"));
    open.database.execute("PRAGMA application_id = 0; PRAGMA user_version = 0");
  }
  Open open(path_);
  EXPECT_EQ(open.store.domain_xml(open.store.find_vm("web", "f"), Form::kFull), test::read_document("web.xml"));
  EXPECT_EQ(open.store.init(), kSchemaVersion);
  EXPECT_EQ(open.database.query_int("PRAGMA application_id"), kApplicationId);
  EXPECT_EQ(open.database.query_int("PRAGMA user_version"), kSchemaVersion);
  EXPECT_EQ(copies(), 0U);
}

}  // namespace
}  // namespace virtsql
