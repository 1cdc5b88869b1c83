// The import as a whole: what is in the database after it, and what the report tells.
#include "core/virtumancer/virtumancer.h"

#include "tests/core/empty_database.h"
#include "tests/core/virtumancer/fixture.h"

namespace virtsql::virtumancer {
namespace {

class ImportTest : public test::SourceFixture {
 protected:
  ImportTest() {
    handle_ = virtsql::test::open_empty_database();
    database_ = std::make_unique<Database>(handle_);
    database_->execute("PRAGMA foreign_keys = ON");
    store_ = std::make_unique<Store>(*database_, Catalog::standard());
  }
  ~ImportTest() override {
    store_.reset();
    database_.reset();
    EXPECT_EQ(sqlite3_close(handle_), SQLITE_OK);
  }

  std::int64_t import() { return import_virtumancer(*store_, write()); }
  // Returns the first column of all rows, a line each.
  std::string text(const std::string& sql) {
    Statement statement(handle_, sql);
    std::string out;
    while (statement.step()) out += std::string(statement.get_text(0)) + "\n";
    return out;
  }

  sqlite3* handle_ = nullptr;
  std::unique_ptr<Database> database_;
  std::unique_ptr<Store> store_;
};

TEST_F(ImportTest, TakesVmsOverAsManagedOnes) {
  add("virtual_machines", {{"id", "w"}, {"host_id", "h"}, {"name", "gone"}, {"deleted_at", "2025-09-20 00:00:00"}});
  give("watchdog", {{"model_name", "itco"}});
  EXPECT_EQ(import(), 1);
  EXPECT_EQ(text("SELECT name || ' ' || uuid || ' ' || source || ' ' || sync_status FROM virtual_machines"),
            "web " + std::string(kUuid) + " managed UNKNOWN\n");
  EXPECT_EQ(text("SELECT name || ' ' || uri FROM hosts"), "alpha qemu:///system\n");
  EXPECT_EQ(text("SELECT w.model_name FROM watchdog_attachments AS a JOIN watchdogs AS w ON w.id = a.watchdog_id"),
            "itco\n");
  EXPECT_EQ(text("SELECT detail FROM virtumancer_imports WHERE kind = 'imported'"), "web of alpha\n");
  EXPECT_EQ(text("SELECT source_id || ' ' || detail FROM virtumancer_imports WHERE kind = 'left out'"),
            "w deleted in virtumancer\n");
}

TEST_F(ImportTest, ChangesNothingTheSecondTime) {
  give("input", {{"type", "joystick"}});
  add("networks", {{"id", "n"}, {"host_id", "h"}, {"name", "lab"}, {"mode", "nat"}, {"bridge_name", "virbr1"}});
  import();
  const char* kAll =
      "SELECT count(*) || ' ' || total(id) FROM virtumancer_imports UNION ALL SELECT count(*) || ' ' || "
      "total(id) FROM vendor_options UNION ALL SELECT group_concat(id || name) FROM networks";
  const std::string before = text(kAll);
  EXPECT_EQ(import(), 0);
  EXPECT_EQ(text(kAll), before);
  // Somebody edited the VM since: another import must not overwrite that.
  database_->execute("UPDATE virtual_machines SET title = 'mine'");
  EXPECT_EQ(import(), 0);
  EXPECT_EQ(text("SELECT title FROM virtual_machines"), "mine\n");
}

TEST_F(ImportTest, LeavesAVmOfLibvirtsAlone) {
  Capture capture;
  capture.host = "alpha";
  capture.config = "persistent";
  capture.xml =
      "<domain type='kvm'><name>web</name><uuid>" + std::string(kUuid) + "</uuid><title>libvirt's</title></domain>";
  store_->capture(capture);
  EXPECT_EQ(import(), 0);
  EXPECT_EQ(text("SELECT title || ' ' || source FROM virtual_machines"), "libvirt's imported\n");
  EXPECT_EQ(text("SELECT detail FROM virtumancer_imports WHERE kind = 'left out'"),
            "the VM is in the database already, from libvirt\n");
}

TEST_F(ImportTest, KeepsWhatHasNoPlaceWithTheVm) {
  give("input", {{"type", "joystick"}});
  add("graphics_devices", {{"id", "g"}, {"type", "vnc"}});
  import();
  EXPECT_EQ(text("SELECT owner_type || ' ' || vm_uuid FROM vendor_options WHERE kind = 'kept' AND value_json LIKE "
                 "'%joystick%'"),
            "virtual_machines " + std::string(kUuid) + "\n");
  EXPECT_EQ(text("SELECT value_json FROM vendor_options WHERE kind = 'kept' AND owner_type = 'virtumancer_imports'"),
            R"({"id":"g","type":"vnc"})"
            "\n");
  EXPECT_EQ(text("SELECT detail FROM virtumancer_imports WHERE source_table = 'graphics_devices'"), "no VM uses it\n");
}

TEST_F(ImportTest, GivesEachVmAUuidAndANameThatLibvirtTakes) {
  set("domain_uuid", "no UUID");
  set("name", "a/b");
  add("virtual_machines",
      {{"id", "x"}, {"host_id", "h"}, {"name", " "}, {"domain_uuid", "0D000000-0000-4000-8000-000000000002"}});
  add("virtual_machines",
      {{"id", "y"}, {"host_id", "none"}, {"name", "twin"}, {"domain_uuid", "0d000000-0000-4000-8000-000000000002"}});
  EXPECT_EQ(import(), 3);
  EXPECT_EQ(text("SELECT name FROM virtual_machines ORDER BY id"), "a_b\nvm-x\ntwin\n");
  EXPECT_EQ(text("SELECT uuid FROM virtual_machines WHERE name = 'vm-x'"), "0d000000-0000-4000-8000-000000000002\n");
  EXPECT_EQ(text("SELECT count(DISTINCT uuid) FROM virtual_machines"), "3\n");
  const std::string made_up = text("SELECT uuid FROM virtual_machines ORDER BY id");
  database_->execute("DELETE FROM virtual_machines; DELETE FROM virtumancer_imports");
  import();
  EXPECT_EQ(text("SELECT uuid FROM virtual_machines ORDER BY id"), made_up);  // each import makes the same UUIDs
}

TEST_F(ImportTest, TakesNetworksPoolsVolumesAndSnapshots) {
  add("networks", {{"id", "1"}, {"host_id", "h"}, {"name", "lan"}, {"mode", "bridged"}, {"bridge_name", "br0"}});
  add("networks", {{"id", "2"}, {"host_id", "h"}, {"mode", "nat"}});
  add("storage_pools", {{"id", "p"},
                        {"host_id", "h"},
                        {"name", "default"},
                        {"type", "dir"},
                        {"path", "/pool"},
                        {"capacity_bytes", "1000"}});
  add("storage_pools", {{"id", "q"}, {"host_id", "h"}, {"name", "other"}});
  add("volumes", {{"id", "1"}, {"storage_pool_id", "p"}, {"name", "a.qcow2"}, {"format", "qcow2"}});
  add_own("vm_snapshots", {{"id", "s"},
                           {"name", "before"},
                           {"state", "RUNNING"},
                           {"description", "first"},
                           {"created_at", "2023-11-14 22:13:20.5+00:00"}});
  add("networks", {{"id", "3"}, {"host_id", "h"}, {"name", "tap"}, {"mode", "vepa"}, {"bridge_name", "br1"}});
  add_own("vm_snapshots", {{"id", "t"},
                           {"name", "renamed"},
                           {"parent_name", "before"},
                           {"config_xml", "<domainsnapshot><name>after</name><domain type='kvm'><uuid>" +
                                              std::string(kUuid) + "</uuid></domain></domainsnapshot>"}});
  import();
  EXPECT_EQ(text("SELECT name || ' ' || mode || ' ' || coalesce(bridge_name, '-') FROM networks"),
            "lan bridge br0\ntap vepa -\n");
  EXPECT_EQ(text("SELECT name || ' ' || type || ' ' || coalesce(path, '-') FROM storage_pools"),
            "default dir /pool\nother dir -\n");
  EXPECT_EQ(text("SELECT name || ' ' || path || ' ' || format FROM volumes"), "a.qcow2 /pool/a.qcow2 qcow2\n");
  EXPECT_EQ(text("SELECT name || ' ' || state || ' ' || vm_uuid FROM vm_snapshots WHERE name = 'before'"),
            "before running " + std::string(kUuid) + "\n");
  EXPECT_EQ(text("SELECT creation_time FROM vm_snapshots WHERE name = 'before'"), "1700000000\n");
  EXPECT_EQ(text("SELECT detail FROM virtumancer_imports WHERE source_table = 'vm_snapshots'"),
            "libvirt's XML of a snapshot has no place for it\n");
  EXPECT_EQ(
      text(
          "SELECT what || ': ' || detail FROM virtumancer_imports WHERE source_table IN ('networks', 'storage_pools')"),
      "networks: a network without a name\nnetworks: without a place or not valid: bridge_name\nstorage_pools.type: "
      "dir\n");
}

TEST_F(ImportTest, ChangesNothingIfItFails) {
  EXPECT_THROW(import_virtumancer(*store_, folder_ / "none.db"), StoreError);
  database_->execute(
      "CREATE TRIGGER stop BEFORE INSERT ON watchdog_attachments BEGIN SELECT RAISE(ABORT, 'stopped'); END");
  give("watchdog", {{"model_name", "itco"}});
  EXPECT_ANY_THROW(import());
  EXPECT_EQ(text("SELECT (SELECT count(*) FROM virtual_machines) + (SELECT count(*) FROM hosts) + (SELECT count(*) "
                 "FROM virtumancer_imports)"),
            "0\n");
}

}  // namespace
}  // namespace virtsql::virtumancer
