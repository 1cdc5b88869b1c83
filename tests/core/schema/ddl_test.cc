#include "core/schema/ddl.h"

#include "core/catalog/builder.h"
#include "core/store/schema_objects.h"
#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

constexpr char kVm[] = "11111111-1111-1111-1111-111111111111";

std::string names_of(const char* table) {
  std::string out;
  for (const HousekeepingColumn& column : housekeeping_columns(*Catalog::standard().find_table(table)))
    out += (out.empty() ? "" : " ") + column.name;
  return out;
}

TEST(Housekeeping, IsWhatATableNeedsOfItsKind) {
  EXPECT_EQ(names_of("virtual_machines"),
            "id host_id source sync_status drift_details capture_id rows_sha256 layout child_tables");
  EXPECT_EQ(names_of("disk_attachments"), "id vm_uuid disk_id position layout child_tables");
  EXPECT_EQ(names_of("disks"), "id host_id child_tables identity");
  EXPECT_EQ(names_of("videos"), "id identity");
  EXPECT_EQ(names_of("disk_layers"), "id disk_attachment_id parent_id position element layout child_tables");
  EXPECT_EQ(names_of("cpus"), "id vm_uuid layout child_tables");
}

class DdlTest : public test::StoreFixture {
 protected:
  DdlTest() {
    database_->execute("INSERT INTO virtual_machines (uuid, name) VALUES ('" + std::string(kVm) + "', 'web')");
  }
  std::string refusal(const std::string& sql) {
    try {
      database_->execute(sql);
    } catch (const DatabaseError& error) {
      return error.what();
    }
    return "";
  }
  void add_disk(const std::string& target) {
    database_->execute("INSERT INTO disk_attachments (vm_uuid, device_name) VALUES ('" + std::string(kVm) + "', '" +
                       target + "')");
  }
};

TEST_F(DdlTest, RunsOnAnEmptyDatabaseAndBeginsEachStatementOnALine) {
  const std::string ddl = schema_ddl(Catalog::standard());
  const Connection connection(":memory:", SQLITE_OPEN_READWRITE, kPatienceMilliseconds);
  Database database(connection.handle());
  database.execute(ddl);
  for (const SchemaObject& object : read_objects(database))
    EXPECT_TRUE(ddl.find("\n" + object.sql + ";\n") != std::string::npos || ddl.starts_with(object.sql)) << object.name;
  EXPECT_TRUE(ddl.ends_with(";\n"));
}

TEST_F(DdlTest, HasTheHousekeepingColumnsInTheirOrder) {
  for (const Table* table : Catalog::standard().tables()) {
    std::string columns;
    for (const HousekeepingColumn& column : housekeeping_columns(*table))
      columns += (columns.empty() ? "" : ",") + column.name;
    EXPECT_EQ(text("SELECT substr(group_concat(name), 1, " + std::to_string(columns.size()) +
                   ") FROM pragma_table_xinfo('" + table->name + "')"),
              columns);
  }
}

// A number is one however it is bound, and anything else is refused.
TEST_F(DdlTest, TypesAreStrictAndIdentifiersHaveNoCase) {
  database_->execute("UPDATE virtual_machines SET memory = '4'");
  EXPECT_EQ(text("SELECT typeof(memory) FROM virtual_machines"), "integer");
  for (const char* value : {"4.5", "'many'", "x'00'"})
    EXPECT_NE(refusal("UPDATE virtual_machines SET memory = " + std::string(value)), "") << value;
  database_->execute("UPDATE virtual_machines SET uuid = 'abcdef01-2345-6789-abcd-ef0123456789'");
  EXPECT_EQ(count("virtual_machines WHERE uuid = 'ABCDEF01-2345-6789-ABCD-EF0123456789'"), 1);
}

TEST_F(DdlTest, AUuidIsStoredAsLibvirtSpellsIt) {
  database_->execute("UPDATE virtual_machines SET uuid = 'ABCDEF0123456789abcdef0123456789'");
  EXPECT_EQ(text("SELECT uuid FROM virtual_machines"), "abcdef01-2345-6789-abcd-ef0123456789");
  database_->execute("INSERT INTO virtual_machines (name) VALUES ('db')");
  EXPECT_EQ(number("SELECT uuid LIKE '________-____-4___-____-____________' FROM virtual_machines WHERE name = 'db'"),
            1);
}

TEST_F(DdlTest, AWordThatIsNoneIsRefused) {
  EXPECT_NE(refusal("UPDATE virtual_machines SET source = 'mine'").find("imported, managed"), std::string::npos);
  EXPECT_NE(refusal("INSERT INTO networks (name, sync_status) VALUES ('a', 'mine')"), "");
  EXPECT_NE(refusal("INSERT INTO disk_layers (disk_attachment_id, element) VALUES (1, 'mine')"), "");
}

TEST_F(DdlTest, ANewRowSetsItsBitInItsOwner) {
  const Table& watchdogs = *Catalog::standard().find_table("watchdog_attachments");
  ASSERT_NE(watchdogs.bit, 0);
  database_->execute("UPDATE virtual_machines SET child_tables = 0");
  database_->execute("INSERT INTO watchdog_attachments (vm_uuid) VALUES ('" + std::string(kVm) + "')");
  EXPECT_EQ(number("SELECT child_tables & " + std::to_string(watchdogs.bit) + " FROM virtual_machines"), watchdogs.bit);
}

TEST_F(DdlTest, AResourceGoesWithTheLastRowThatAttachesIt) {
  database_->execute("INSERT INTO disks (id, path) VALUES (7, '/a'), (8, '/b')");
  for (const char* target : {"vda", "vdb"}) add_disk(target);
  database_->execute("UPDATE disk_attachments SET disk_id = 7");
  database_->execute("UPDATE disk_attachments SET disk_id = 8 WHERE device_name = 'vda'");
  EXPECT_EQ(count("disks"), 2);
  database_->execute("DELETE FROM disk_attachments WHERE device_name = 'vdb'");
  EXPECT_EQ(text("SELECT group_concat(path) FROM disks"), "/b");
}

// Most tools have foreign keys off.
TEST_F(DdlTest, WhatBelongsToAVmGoesWithItAlsoWithoutForeignKeys) {
  database_->execute("PRAGMA foreign_keys = OFF");
  add_disk("vda");
  database_->execute(
      "INSERT INTO vendor_options (vm_uuid, owner_type, owner_id, kind, path, position, key, value_json) "
      "SELECT vm_uuid, 'disk_attachments', id, 'attribute', '', 0, 'new', '\"1\"' FROM disk_attachments");
  database_->execute("DELETE FROM virtual_machines");
  EXPECT_EQ(count("disk_attachments"), 0);
  EXPECT_EQ(count("vendor_options"), 0);
}

TEST_F(DdlTest, UniqueIsWithinTheVmAndNotOfNothing) {
  add_disk("vda");
  EXPECT_NE(refusal("INSERT INTO disk_attachments (vm_uuid, device_name) VALUES ('" + std::string(kVm) + "', 'vda')"),
            "");
  for (const char* target : {"", ""}) add_disk(target);
  const std::string other = "22222222-2222-2222-2222-222222222222";
  database_->execute("INSERT INTO virtual_machines (uuid, name) VALUES ('" + other + "', 'db')");
  EXPECT_EQ(refusal("INSERT INTO disk_attachments (vm_uuid, device_name) VALUES ('" + other + "', 'vda')"), "");
}

TEST_F(DdlTest, AnotherCatalogIsAnotherSchema) {
  const BuiltCatalog small(std::vector<CatalogFile>{{"t.catalog",
                                                     "domain  row virtual_machines  {vm}  A VM.\n"
                                                     "  name  text  {key}  Its name.\n"
                                                     "  uuid  uuid  {key}  Its UUID.\n"
                                                     "  speed  number  {index}  How fast.\n"}});
  const std::string ddl = schema_ddl(small);
  EXPECT_NE(ddl.find("\n  speed REAL\n) STRICT;\n"), std::string::npos);
  EXPECT_NE(ddl.find("CREATE INDEX virtual_machines_speed ON virtual_machines(speed) WHERE speed IS NOT NULL;\n"),
            std::string::npos);
}

}  // namespace
}  // namespace virtsql
