// Changing stored rows keeps what stays, writes only what differs, and leaves alone what another row uses.
#include <gtest/gtest.h>

#include <string>

#include "core/store/row_store.h"
#include "tests/core/store/row_fixture.h"

namespace virtsql {
namespace {

using RowChangeTest = test::RowFixture;

std::string tag(int id) { return "<vlan><tag id='" + std::to_string(id) + "'/></vlan>"; }

std::string profile(const std::string& id) {
  return "<virtualport type='openvswitch'><parameters profileid='" + id + "'/></virtualport>";
}

TEST_F(RowChangeTest, WhatHasNoColumnIsChangedInEachOfItsParts) {
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

TEST_F(RowChangeTest, ChangesRowsThatDifferAndNoOthers) {
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
    rows_->change(*rows_->load(root, id, arena), wanted.rows(), RootState::imported(1, 0));
    return sqlite3_total_changes(handle_) - before;
  };
  const int housekeeping = writes("old", "old");  // the VM's own row may be written even if nothing differs
  EXPECT_LE(housekeeping, 1);
  EXPECT_EQ(writes("old", "new"), housekeeping + 1);
  EXPECT_EQ(writes("scsi", "sata"), housekeeping + 2);  // the disk's bus, and the title is "old" again
}

TEST_F(RowChangeTest, AThingThatIsStillTheSameKeepsItsId) {
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

TEST_F(RowChangeTest, WhatIsBelowAThingThatStaysStaysToo) {
  const std::int64_t vm = insert(1, port("red", profile("a")));
  const std::int64_t id = database_->query_int("SELECT id FROM virtual_ports");
  change(vm, port("blue", profile("b")));
  EXPECT_EQ(database_->query_int("SELECT group_concat(id) FROM virtual_ports"), id);
  EXPECT_EQ(count("virtual_ports WHERE profile_id = 'b'"), 1);
}

TEST_F(RowChangeTest, AThingThatAnotherRowAttachesIsNotChanged) {
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

TEST_F(RowChangeTest, AnotherThingIsAnotherRow) {
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

TEST_F(RowChangeTest, RowsOfAListChangePlacesAndKeepTheirIds) {
  const auto disk = [](const std::string& target) {
    return "<disk type='file' device='cdrom'><target dev='" + target + "'/></disk>";
  };
  const std::int64_t vm = insert(1, disk("sda") + disk("sdb"));
  const std::string ids =
      "SELECT sum(id * (device_name = 'sda') + 100 * id * (device_name = 'sdb')) FROM disk_attachments";
  const std::int64_t before = database_->query_int(ids);
  change(vm, disk("sdb") + disk("sda"));
  EXPECT_EQ(database_->query_int(ids), before);
  EXPECT_EQ(database_->query_int("SELECT position FROM disk_attachments WHERE device_name = 'sdb'"), 0);
}

TEST_F(RowChangeTest, TheStateIsThatOfTheCaller) {
  const std::int64_t vm = insert(1, "");
  database_->execute("UPDATE virtual_machines SET drift_details = '[]'");
  Document wanted(vm_with(1, "<video><model type='vga'/></video>"), root_);
  Arena arena;
  RootState other = RootState::managed(0);
  other.rows_sha256 = "12345678901234567890123456789012";
  rows_->change(*rows_->load(root_, vm, arena), wanted.rows(), other);
  EXPECT_EQ(wanted.rows().id, vm);
  EXPECT_EQ(count("virtual_machines WHERE host_id IS NULL AND source = 'managed' AND sync_status = 'UNKNOWN' AND "
                  "capture_id IS NULL AND rows_sha256 = CAST('12345678901234567890123456789012' AS BLOB) AND "
                  "drift_details IS NULL"),
            1);
}

TEST_F(RowChangeTest, AVmThatMovesTakesItsThingsAlongAndSharesNone) {
  const std::string disk = "<disk type='file'><source file='/a'/><target dev='vda'/></disk>";
  const std::int64_t moved = insert(1, disk + "<video><model type='vga'/></video>");
  insert(2, disk + "<video><model type='vga'/></video>");
  const std::string xml = xml_of(moved);
  rows_->move(root_, moved, 2);
  EXPECT_EQ(database_->query_int("SELECT host_id FROM virtual_machines WHERE id = " + std::to_string(moved)), 2);
  EXPECT_EQ(count("disks WHERE path = '/a' AND host_id = 2"), 1);
  EXPECT_EQ(count("disks WHERE path = '/a' AND host_id = 1"), 1);
  EXPECT_EQ(count("videos"), 1) << "a model is of no host";
  EXPECT_EQ(xml_of(moved), xml);
  rows_->move(root_, moved, 0);
  EXPECT_EQ(count("virtual_machines WHERE host_id IS NULL"), 1);
  EXPECT_EQ(count("disks WHERE host_id = 2"), 0) << "nobody attaches it any more";
}

TEST_F(RowChangeTest, RemovingARootRemovesWhatIsBelowItAndNothingElse) {
  const std::string devices = "<disk new='1'><source file='/a'/><target dev='vda'/></disk>";
  const std::int64_t vm = insert(1, devices + port("red"));
  const std::int64_t other = insert(2, devices);
  const std::string xml = xml_of(other);
  const WithoutTriggers alone(handle_);
  rows_->remove(root_, vm);
  rows_->remove(root_, vm);  // it is not there any more
  EXPECT_EQ(count("virtual_machines"), 1);
  EXPECT_EQ(count("disk_attachments"), 1);
  EXPECT_EQ(count("ports"), 0);
  EXPECT_EQ(count("disks"), 1);
  EXPECT_EQ(count("vendor_options"), 1);
  EXPECT_EQ(xml_of(other), xml);
}

}  // namespace
}  // namespace virtsql
