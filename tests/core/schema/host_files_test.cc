#include "core/schema/host_files.h"

#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

class HostFilesTest : public test::StoreFixture {
 protected:
  // Returns what the view says of the path.
  std::string use_of(const std::string& path) {
    return text(
        "SELECT host || ' ' || coalesce(vm_name, 'no VM') || ': ' || role || ' (' || table_name || '.' || "
        "column_name || ')' FROM host_files WHERE path = '" +
        path + "'");
  }

  void capture_vm(int number) {
    capture(replaced(vm("web" + std::to_string(number), "11111111-1111-1111-1111-1111111111" + std::to_string(number)),
                     "</domain>",
                     "<os><type>hvm</type><nvram>/nvram</nvram></os><devices><disk type='file'><source file='/disk'/>"
                     "<target dev='vda'/></disk></devices></domain>"));
  }

  // Returns how many rows SQLite reads by scans for the files of one of the VMs.
  int scanned(const std::string& condition) {
    Statement statement(handle_, "SELECT path FROM host_files WHERE " + condition);
    int files = 0;
    while (statement.step()) ++files;
    EXPECT_EQ(files, 2) << condition;
    return sqlite3_stmt_status(statement.handle(), SQLITE_STMTSTATUS_FULLSCAN_STEP, 0);
  }
};

// Whatever table a path is in, if a VM, snapshot, pool or network needs it.
TEST_F(HostFilesTest, HaveEveryPathOfTheCatalog) {
  const std::string sql = files_sql(Catalog::standard());
  std::size_t paths = 0;
  for (const Table* table : Catalog::standard().tables()) {
    const Table* root = table;
    while (root->owner || root->attachment) root = root->owner ? root->owner : root->attachment;
    for (const auto& column : table->columns) {
      if (column->type != Type::kPath || column->marks->live.when == LiveRule::When::kAlways) continue;
      const bool there =
          sql.find(",'" + table->name + "','" + column->name + "' FROM " + table->name + " ") != std::string::npos;
      EXPECT_EQ(there, root->files) << table->name << "." << column->name;
      paths += there ? 1 : 0;
    }
  }
  EXPECT_GT(paths, 100U);
}

TEST_F(HostFilesTest, TheRoleIsThePlaceInWords) {
  const std::string uuid = "11111111-1111-1111-1111-111111111111";
  capture(
      replaced(vm("web", uuid), "</domain>",
               "<os><type>hvm</type><loader type='pflash'>/loader</loader><nvram template='/template'>/nvram</nvram>"
               "</os><devices><disk type='file'><source file='/top'/><backingStore type='file'><source "
               "file='/below'/></backingStore><target dev='vda'/></disk><serial type='pty'><log "
               "file='/log'/></serial><audio id='1' type='oss'><input dev='/dev/dsp0'/></audio></devices></domain>"));
  EXPECT_EQ(use_of("/nvram"), "alpha web: nvram (boot_configs.nvram_path)");
  EXPECT_EQ(use_of("/template"), "alpha web: nvram template (boot_configs.nvram_template)");
  EXPECT_EQ(use_of("/top"), "alpha web: disk (disks.path)");
  EXPECT_EQ(use_of("/below"), "alpha web: disk backing store (disk_layers.path)");
  EXPECT_EQ(use_of("/log"), "alpha web: serial log (serial_device_attachments.log_file)");
  EXPECT_EQ(use_of("/dev/dsp0"), "alpha web: audio input (audio_backend_attachments.input_dev)");
}

// An image that is named by pool and volume is a file as well.
TEST_F(HostFilesTest, AVolumeIsThePathOfItsPool) {
  capture(replaced(vm("web", "11111111-1111-1111-1111-111111111111"), "</domain>",
                   "<devices><disk type='volume'><source pool='images' volume='a.img'/><target "
                   "dev='vda'/></disk></devices></domain>"));
  EXPECT_EQ(count("host_files"), 0) << "nobody knows where the pool is";
  capture("<pool type='dir'><name>images</name><target><path>/pool/</path></target></pool>");
  EXPECT_EQ(use_of("/pool/a.img"), "alpha web: disk volume (disks.volume)");
}

// The store may know a snapshot and not its VM.
TEST_F(HostFilesTest, ASnapshotOfAnUnknownVmNeedsItsFiles) {
  capture(
      "<domainsnapshot><name>s</name><memory snapshot='external' file='/memory'/><domain type='qemu'><name>w</name>"
      "<uuid>11111111-1111-1111-1111-111111111111</uuid></domain></domainsnapshot>");
  EXPECT_EQ(use_of("/memory"), "alpha no VM: snapshot memory (vm_snapshots.memory_file)");
}

// A condition on the VM reaches the tables.
TEST_F(HostFilesTest, TheFilesOfAVmCostWhatTheVmHas) {
  const std::string by_name = "vm_name = 'web10'";
  const std::string by_uuid = "vm_uuid = '11111111-1111-1111-1111-111111111110'";
  capture_vm(10);
  capture_vm(11);
  const int of_name = scanned(by_name);
  const int of_uuid = scanned(by_uuid);
  for (int number = 12; number < 40; ++number) capture_vm(number);
  EXPECT_EQ(scanned(by_name), of_name);
  EXPECT_EQ(scanned(by_uuid), of_uuid);
}

}  // namespace
}  // namespace virtsql
