// If several rows attach the same thing, the resource table has one row for it. It is found by its identity, in the
// same time however many things there are.
#include "core/store/row_store.h"

#include <gtest/gtest.h>

#include <string>

#include "core/base/sql_quote.h"
#include "core/schema/identity.h"
#include "tests/core/growth.h"
#include "tests/core/store/row_fixture.h"

namespace virtsql {
namespace {

class RowStoreTest : public test::RowFixture {
 protected:
  // Returns SQLite's query plan for the statement.
  std::string plan(const std::string& sql) {
    Statement statement(handle_, "EXPLAIN QUERY PLAN " + sql);
    std::string out;
    while (statement.step()) out += std::string(statement.get_text(3)) + "\n";
    return out;
  }
};

std::string pci_device(std::size_t number) {
  char address[128];
  std::snprintf(address, sizeof address, "<address domain='0x%04zx' bus='0x%02zx' slot='0x%02zx' function='0x%zx'/>",
                number / 65536, number / 256 % 256, number / 8 % 32, number % 8);
  return std::string("<hostdev mode='subsystem' type='pci'><source>") + address + "</source></hostdev>";
}

TEST_F(RowStoreTest, EveryThingIsFoundByAnIndex) {
  std::size_t things = 0;
  for (const Table* table : Catalog::standard().tables()) {
    if (!table->resource) continue;
    ++things;
    const std::string found = plan(RowSql(*table).find_resource.text());
    EXPECT_TRUE(found.starts_with("SEARCH " + table->resource->name + " USING ") &&
                found.find(table->resource->name + "_identity (identity=?)") != std::string::npos)
        << found;
    EXPECT_EQ(found.find("SCAN"), std::string::npos) << found;
    // A search with the values of another row, as the views' triggers do it, uses the index too.
    const std::string name = quote_identifier(table->resource->name);
    const std::string other =
        plan("SELECT max(r.id) FROM " + name + " AS n JOIN " + name + " AS r ON r.identity = " +
             identity_sql(*table->resource, [](const std::string& column) { return "n." + quote_identifier(column); }));
    EXPECT_NE(other.find("SEARCH r USING INDEX " + table->resource->name + "_identity"), std::string::npos) << other;
  }
  EXPECT_GT(things, 25U);
}

// For some expressions, such as a longer IN list or a sorter, SQLite makes a temporary table at every insert. That is
// slow, so no table's expressions may need one.
TEST_F(RowStoreTest, NoInsertMakesATableOfItsOwn) {
  std::size_t tables = 0;
  Statement names(handle_,
                  "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'");
  while (names.step()) {
    if (names.get_text(0) == "virtsql_edit") continue;      // its trigger looks up a VM by name
    if (names.get_text(0) == "virtual_machines") continue;  // its trigger runs for a VM without a host alone
    const std::string name = quote_identifier(names.get_text(0));
    Statement explain(handle_, "EXPLAIN INSERT INTO " + name + " DEFAULT VALUES");
    while (explain.step()) EXPECT_NE(explain.get_text(1), "OpenEphemeral") << name;
    ++tables;
  }
  EXPECT_GT(tables, 250U);
}

TEST_F(RowStoreTest, AThingThatIsGoneIsNotFoundAgain) {
  const std::string rng = "<rng model='virtio'><backend model='random'>/dev/random</backend></rng>";
  const std::int64_t first = insert(1, rng);
  insert(2, rng);
  insert(3, rng);  // found again where it was found for VM 2
  EXPECT_EQ(count("rng_devices"), 1);
  database_->execute("UPDATE rng_devices SET model_name = 'another'");
  insert(4, rng);
  EXPECT_EQ(count("rng_devices"), 2);
  EXPECT_EQ(
      count("rng_device_attachments AS a JOIN rng_devices AS r ON r.id = a.rng_device_id AND r.model_name = 'virtio'"),
      1);
  database_->execute("DELETE FROM rng_device_attachments");
  EXPECT_EQ(count("rng_devices"), 0);
  insert(5, rng);
  EXPECT_EQ(count("rng_device_attachments AS a JOIN rng_devices AS r ON r.id = a.rng_device_id"), 1);
  EXPECT_NE(first, 0);
}

TEST_F(RowStoreTest, TheSameThingIsOneRow) {
  const std::string disk =
      "<disk type='network' device='disk'><source protocol='rbd' name='pool/image'><host name='a'/></source><target "
      "dev='vda'/></disk>";
  const std::string other =
      "<disk type='network' device='disk'><source protocol='rbd' name='pool/image'><host name='b'/></source><target "
      "dev='vda'/></disk>";
  insert(1, disk + pci_device(1) + "<video><model type='virtio'/></video>");
  insert(2, disk + pci_device(1) + "<video><model type='virtio'/></video>");
  EXPECT_EQ(count("disks"), 1);
  EXPECT_EQ(count("host_devices"), 1);
  EXPECT_EQ(count("videos"), 1);
  insert(3, other + pci_device(2) + "<video><model type='vga'/></video>");  // the disk differs only in the row below it
  EXPECT_EQ(count("disks"), 2);
  EXPECT_EQ(count("host_devices"), 2);
  EXPECT_EQ(count("videos"), 2);
  insert(4, disk + pci_device(1) + "<video><model type='virtio'/></video>", 2);  // on host 2; a model has no host
  EXPECT_EQ(count("disks"), 3);
  EXPECT_EQ(count("host_devices"), 3);
  EXPECT_EQ(count("videos"), 2);
  insert(5, "<disk type='file' device='cdrom'><target dev='sda'/></disk>");  // without identity: never shared
  insert(6, "<disk type='file' device='cdrom'><target dev='sda'/></disk>");
  EXPECT_EQ(count("disks"), 5);
  EXPECT_EQ(count("disks WHERE identity IS NULL"), 2);
}

// A UUID says the same with and without dashes, and in upper case.
TEST_F(RowStoreTest, ADeviceIsOneRowHoweverItsUuidIsSpelled) {
  const auto mdev = [](const std::string& uuid) {
    return "<hostdev mode='subsystem' type='mdev' model='vfio-pci'><source><address uuid='" + uuid +
           "'/></source></hostdev>";
  };
  const std::string usual = "c2177883-f1bb-47f0-914d-32a22e3a8804";
  const std::string other = "C2177883F1BB47F0914D32A22E3A8804";
  insert(1, mdev(other));
  insert(2, mdev(usual));
  const std::int64_t third = insert(3, mdev("{no UUID}"));
  EXPECT_EQ(count("mediated_devices WHERE uuid = '" + usual + "'"), 1);
  EXPECT_EQ(count("mediated_devices"), 2);
  change(third, mdev(other));
  EXPECT_EQ(count("mediated_devices"), 1);
  EXPECT_EQ(count("mediated_device_attachments WHERE mediated_device_id = 1"), 3);
  EXPECT_NE(xml_of(third).find(other), std::string::npos) << xml_of(third);
  database_->execute("UPDATE mediated_devices SET uuid = '00000000-0000-4000-8000-000000000001'");
  EXPECT_NE(xml_of(third).find("'00000000-0000-4000-8000-000000000001'"), std::string::npos) << xml_of(third);
}

TEST_F(RowStoreTest, ValuesThatLookAlikeAreDifferentThings) {
  database_->execute(
      "INSERT INTO disks (path, name) VALUES ('a', NULL), ('a', 'NULL'), ('a', ''), ('a,NULL', NULL), ('a'',''b', "
      "NULL), "
      "('a', 'b'), ('A', NULL), (NULL, 'a'), ('', 'a')");
  EXPECT_EQ(database_->query_int("SELECT count(DISTINCT identity) FROM disks"), 9);
}

// A program without triggers and foreign keys deleted the VM's row alone.
TEST_F(RowStoreTest, RowsThatADeletedVmLeftBehindAreNotTheNewOnes) {
  const std::string devices =
      "<disk new='1'><source file='/a'/><backingStore type='file'><source file='/b'/></backingStore>"
      "<target dev='vda'/></disk><rng model='virtio'><backend model='random'>/dev/random</backend></rng>"
      "<video><model type='vga'/></video>";
  insert(1, devices + "<watchdog model='i6300esb'/>" + port("red"));
  insert(2, devices);
  database_->execute("INSERT INTO captures (id, vm_uuid) SELECT id, uuid FROM virtual_machines");
  {
    const WithoutTriggers alone(handle_);
    database_->execute("DELETE FROM virtual_machines WHERE name = 'vm1'");
  }
  const std::int64_t id = insert(1, devices);
  Arena arena;
  Document wanted(vm_with(1, devices), root_);
  EXPECT_EQ(generate(*rows_->load(root_, id, arena), Form::kFull), generate(wanted.rows(), Form::kFull));
  EXPECT_EQ(count("disk_attachments"), 2);
  EXPECT_EQ(count("disk_layers"), 2);
  EXPECT_EQ(count("disks"), 1);
  EXPECT_EQ(count("ports"), 0);
  EXPECT_EQ(count("watchdog_attachments"), 0);
  EXPECT_EQ(count("vendor_options"), 2);
}

// A row that gets the id of a deleted one gets nothing else of it, although foreign keys are off here.
TEST_F(RowStoreTest, WhatBelongsToADeletedRowGoesWithIt) {
  const auto disk = [](const std::string& more) {
    return "<disk type='network'><source protocol='rbd' name='a'>" + more + "</source><target dev='vda'/></disk>";
  };
  insert(1, disk("<host name='a'/><host name='b'/>"));
  EXPECT_EQ(count("disk_hosts"), 2);
  database_->execute("DELETE FROM disk_attachments");
  EXPECT_EQ(count("disk_hosts"), 0);
  // A row of a network stays until another network gets the id.
  const std::string network = "<network>\n  <name>a</name>\n  <ip address='10.0.0.1'/>\n</network>\n";
  const Element& root = Catalog::standard().root("network");
  Document document(network, root);
  const std::int64_t id = insert(document);
  database_->execute("DELETE FROM networks");
  Document again(network, root);
  EXPECT_EQ(insert(again), id);
  Arena arena;
  EXPECT_EQ(generate(*rows_->load(root, id, arena), Form::kFull), network);
  EXPECT_EQ(count("network_ips"), 1);
}

TEST_F(RowStoreTest, TheNextVmWithADeviceOfItsHostCostsWhatTheFirstDid) {
  const auto import = [&](std::size_t count) {
    database_->execute("BEGIN");
    for (std::size_t i = 0; i < count; ++i) insert(i, pci_device(i));
    database_->execute("ROLLBACK");
  };
  import(10);
  EXPECT_LT(test::growth_of_time(2000, import), test::kLinear);
}

}  // namespace
}  // namespace virtsql
