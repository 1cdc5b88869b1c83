// If several rows attach the same thing, the resource table has one row for it. It is found by its identity, in the
// same time however many things there are.
#include "core/store/row_store.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "core/base/sql_quote.h"
#include "core/rows/document.h"
#include "core/rows/generate.h"
#include "core/schema/identity.h"
#include "core/store/store.h"
#include "tests/core/empty_database.h"
#include "tests/core/growth.h"

namespace virtsql {
namespace {

class RowStoreTest : public testing::Test {
 protected:
  RowStoreTest() {
    handle_ = test::open_empty_database();
    database_ = std::make_unique<Database>(handle_);
    database_->execute("INSERT INTO hosts (id, name) VALUES (1, 'alpha'), (2, 'beta')");
    rows_ = std::make_unique<RowStore>(*database_, Catalog::standard());
  }
  ~RowStoreTest() override {
    rows_.reset();
    database_.reset();
    EXPECT_EQ(sqlite3_close(handle_), SQLITE_OK);
  }

  static RootState state(std::int64_t host) {
    RootState out;
    out.host_id = host;
    out.source = "imported";
    out.sync_status = "SYNCED";
    return out;
  }
  static std::string vm_with(std::size_t number, const std::string& devices) {
    char uuid[37];
    std::snprintf(uuid, sizeof uuid, "00000000-0000-4000-8000-%012zu", number);
    return "<domain type='kvm'><name>vm" + std::to_string(number) + "</name><uuid>" + uuid + "</uuid><devices>" +
           devices + "</devices></domain>";
  }

  std::int64_t insert(Document& document, std::int64_t host = 1) { return rows_->insert(document.rows(), state(host)); }
  // Inserts a VM with this number and these devices. Returns its id.
  std::int64_t insert(std::size_t number, const std::string& devices, std::int64_t host = 1) {
    Document document(vm_with(number, devices), root_);
    return insert(document, host);
  }
  // Changes the rows of a VM that insert() made into those of a VM with these devices, and expects that they then give
  // its XML.
  void change(std::int64_t id, const std::string& devices) {
    const std::int64_t number =
        database_->query_int("SELECT substr(name, 3) FROM virtual_machines WHERE id = " + std::to_string(id));
    Document wanted(vm_with(static_cast<std::size_t>(number), devices), root_);
    Arena arena;
    rows_->change(*rows_->load(root_, id, arena), wanted.rows(), state(1));
    EXPECT_EQ(xml_of(id), generate(wanted.rows(), Form::kFull));
  }

  std::string xml_of(std::int64_t id) {
    Arena arena;
    return generate(*rows_->load(root_, id, arena), Form::kFull);
  }

  std::int64_t count(const std::string& what) { return database_->query_int("SELECT count(*) FROM " + what); }

  // Returns SQLite's query plan for the statement.
  std::string plan(const std::string& sql) {
    Statement statement(handle_, "EXPLAIN QUERY PLAN " + sql);
    std::string out;
    while (statement.step()) out += std::string(statement.get_text(3)) + "\n";
    return out;
  }

  const Element& root_ = Catalog::standard().root("domain");
  sqlite3* handle_ = nullptr;
  std::unique_ptr<Database> database_;
  std::unique_ptr<RowStore> rows_;
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
    if (names.get_text(0) == "virtsql_edit") continue;  // its trigger looks up a VM by name
    const std::string name = quote_identifier(names.get_text(0));
    Statement explain(handle_, "EXPLAIN INSERT INTO " + name + " DEFAULT VALUES");
    while (explain.step()) EXPECT_NE(explain.get_text(1), "OpenEphemeral") << name;
    ++tables;
  }
  EXPECT_GT(tables, 250U);
}

TEST_F(RowStoreTest, WhatHasNoColumnIsChangedInEachOfItsParts) {
  const auto disk = [](const std::string& driver, const std::string& target, const std::string& end = "") {
    return "<disk><driver" + driver + "/><target" + target + " dev='vda'/>" + end + "</disk>";
  };
  const std::int64_t id = insert(1, disk(" new='1'", ""));
  change(id, disk(" new='2'", ""));    // its value
  change(id, disk(" other='2'", ""));  // its name
  change(id, disk("", " other='2'"));  // its place
  change(id, disk("", "", "<new/><other a='2'/>"));
  change(id, disk("", "", "<other a='2'/><new/>"));
  change(id, disk("", "", "<other a='2'/>"));
  // A vendor option that stays keeps its row.
  const std::string rows = "SELECT group_concat(id) FROM vendor_options";
  const auto ids = [&] {
    Statement statement(handle_, rows);
    return statement.step() ? std::string(statement.get_text(0)) : std::string();
  };
  const std::string before = ids();
  EXPECT_NE(before, "");
  change(id, disk(" cache='none'", "", "<other a='2'/>"));
  EXPECT_EQ(ids(), before);
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

// Vendor options of the root and of a row below it.
TEST_F(RowStoreTest, GivesEachRowItsVendorOptions) {
  const std::string vm =
      "<domain type='kvm' news='1'>\n  <name>a</name>\n  <uuid>00000000-0000-4000-8000-000000000001</uuid>\n"
      "  <devices>\n    <rng model='virtio' news='2'>\n      <gadget/>\n    </rng>\n  </devices>\n</domain>\n";
  const std::string network =
      "<network news='1'>\n  <name>a</name>\n  <ip address='10.0.0.1' news='2'>\n    <gadget/>\n  </ip>\n</network>\n";
  for (const auto& [root, xml] : {std::pair("domain", vm), std::pair("network", network)}) {
    Document document(xml, Catalog::standard().root(root));
    const std::int64_t id = insert(document);
    Arena arena;
    EXPECT_EQ(generate(*rows_->load(Catalog::standard().root(root), id, arena), Form::kFull), xml);
  }
}

TEST_F(RowStoreTest, ChangesRowsThatDifferAndNoOthers) {
  const std::string vm =
      "<domain type='kvm'><name>a</name><uuid>00000000-0000-4000-8000-000000000001</uuid><title>old</title><devices>"
      "<disk><source file='/a'/><target dev='vda'/></disk><disk><source file='/b'/><target dev='vdb' "
      "bus='scsi'/></disk>"
      "<video><model type='qxl'/></video><video><model type='virtio'/></video></devices></domain>";
  const Element& root = Catalog::standard().root("domain");
  Document first(vm, root);
  const std::int64_t id = insert(first);
  const WithoutTriggers alone(handle_);
  const auto writes = [&](const std::string& from, const std::string& to) {
    std::string other = vm;
    other.replace(other.find(from), from.size(), to);
    Document wanted(other, root);
    Arena arena;
    const int before = sqlite3_total_changes(handle_);
    rows_->change(*rows_->load(root, id, arena), wanted.rows(), state(1));
    return sqlite3_total_changes(handle_) - before;
  };
  const int housekeeping = writes("old", "old");  // the VM's own row may be written even if nothing differs
  EXPECT_LE(housekeeping, 1);
  EXPECT_EQ(writes("old", "new"), housekeeping + 1);
  EXPECT_EQ(writes("scsi", "sata"), housekeeping + 2);  // the disk's bus, and the title is "old" again
}

std::string port(const std::string& network, const std::string& more = "", char mac = '1') {
  return std::string("<interface type='network'><mac address='52:54:00:00:00:0") + mac + "'/><source network='" +
         network + "'/>" + more + "</interface>";
}

std::string tag(int id) { return "<vlan><tag id='" + std::to_string(id) + "'/></vlan>"; }

std::string profile(const std::string& id) {
  return "<virtualport type='openvswitch'><parameters profileid='" + id + "'/></virtualport>";
}

TEST_F(RowStoreTest, AThingThatIsStillTheSameKeepsItsId) {
  const std::int64_t vm = insert(1, port("red"));
  const std::int64_t id = database_->query_int("SELECT id FROM ports");
  for (const std::string& next :
       {port("blue"), port("blue", tag(1)), port("blue", tag(2)), port("red", tag(2) + profile("a")),
        port("red", tag(2) + profile("b")), port("red")}) {
    change(vm, next);
    EXPECT_EQ(database_->query_int("SELECT group_concat(id) FROM ports"), id) << next;
  }
  EXPECT_EQ(count("virtual_ports"), 0);
  EXPECT_EQ(count("ports AS p JOIN port_attachments AS a ON a.port_id = p.id WHERE p.network = 'red'"), 1);
}

TEST_F(RowStoreTest, WhatIsBelowAThingThatStaysStaysToo) {
  const std::int64_t vm = insert(1, port("red", profile("a")));
  const std::int64_t id = database_->query_int("SELECT id FROM virtual_ports");
  change(vm, port("blue", profile("b")));
  EXPECT_EQ(database_->query_int("SELECT group_concat(id) FROM virtual_ports"), id);
  EXPECT_EQ(count("virtual_ports WHERE profile_id = 'b'"), 1);
}

TEST_F(RowStoreTest, AThingThatAnotherRowAttachesIsNotChanged) {
  const std::int64_t vm = insert(1, port("red"));
  insert(2, port("red"));
  const std::int64_t shared = database_->query_int("SELECT group_concat(id) FROM ports");
  change(vm, port("blue"));
  EXPECT_EQ(count("ports"), 2);
  EXPECT_EQ(count("ports WHERE network = 'red' AND id = " + std::to_string(shared)), 1);
  // a port that exists already is shared
  const std::int64_t other = insert(3, port("green"));
  change(other, port("red"));
  EXPECT_EQ(count("ports"), 2);
  EXPECT_EQ(count("port_attachments WHERE port_id = " + std::to_string(shared)), 2);
}

TEST_F(RowStoreTest, AnotherThingIsAnotherRow) {
  const auto nbd = [](const std::string& server) {
    return "<disk type='network' device='disk'><source protocol='nbd'><host name='" + server +
           "' port='10809'/></source><target dev='vda'/></disk>";
  };
  const auto file = [](const std::string& path, const std::string& more = "", const std::string& type = "file") {
    return "<disk type='" + type + "' device='disk'><source " + (type == "block" ? "dev" : "file") + "='" + path +
           "'>" + more + "</source><target dev='vda'/></disk>";
  };
  const auto folder = [](const std::string& path, const std::string& type) {
    return "<filesystem type='" + type + "'><source " + (type == "block" ? "dev" : "dir") + "='" + path +
           "'/><target dir='a'/></filesystem>";
  };
  const auto shmem = [](const std::string& size) {
    return "<shmem name='a'><model type='ivshmem-plain'/><size unit='M'>" + size + "</size></shmem>";
  };
  const auto function = [](const std::string& number) {
    return "<hostdev mode='subsystem' type='pci'><source><address domain='0x0000' bus='0x01' slot='0x00' function='" +
           number + "'/></source></hostdev>";
  };
  const auto keeps = [&](const std::string& table, const std::string& before, const std::string& after) {
    const std::int64_t vm = insert(1, before);
    const std::int64_t id = database_->query_int("SELECT group_concat(id) FROM " + table);
    database_->execute("INSERT INTO " + table + " (id) VALUES (1000)");  // so that SQLite does not give the id again
    change(vm, after);
    const bool out = count(table + " WHERE id = " + std::to_string(id)) == 1;
    rows_->remove(root_, vm);
    database_->execute("DELETE FROM " + table);
    return out;
  };
  // a thing that one value (a path, a name, a MAC address) identifies keeps its row if other values change
  EXPECT_TRUE(keeps("disks", file("/a"), file("/a", "<slices><slice type='storage' offset='0' size='9'/></slices>")));
  EXPECT_TRUE(keeps("disks", file("/dev/a"), file("/dev/a", "", "block")));
  EXPECT_FALSE(keeps("disks", file("/a"), file("/b")));
  EXPECT_TRUE(keeps("filesystems", folder("/a", "mount"), folder("/a", "bind")));
  EXPECT_FALSE(keeps("filesystems", folder("/a", "mount"), folder("/b", "mount")));
  EXPECT_TRUE(keeps("shmem_devices", shmem("4"), shmem("8")));
  EXPECT_TRUE(keeps("ports", port("a"), port("b")));
  EXPECT_FALSE(keeps("ports", port("a"), port("a", "", '2')));
  // a thing that several values identify is another thing if one of them changes
  EXPECT_FALSE(keeps("disks", nbd("a"), nbd("b")));
  EXPECT_FALSE(keeps("host_devices", function("0x0"), function("0x1")));
  // a thing without identity belongs to its VM, and keeps its row
  EXPECT_TRUE(keeps("disks", "<disk type='file' device='cdrom'><target dev='sda'/></disk>",
                    "<disk type='block' device='cdrom'><target dev='sda'/></disk>"));
  // a model's values are all that it is: with another value it is another model
  EXPECT_FALSE(keeps("videos", "<video><model type='vga'/></video>", "<video><model type='virtio'/></video>"));
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
