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
               "file='/log'/></serial></devices></domain>"));
  EXPECT_EQ(use_of("/nvram"), "alpha web: nvram (boot_configs.nvram_path)");
  EXPECT_EQ(use_of("/template"), "alpha web: nvram template (boot_configs.nvram_template)");
  EXPECT_EQ(use_of("/top"), "alpha web: disk (disks.path)");
  EXPECT_EQ(use_of("/below"), "alpha web: disk backing store (disk_layers.path)");
  EXPECT_EQ(use_of("/log"), "alpha web: serial log (serial_device_attachments.log_file)");
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

}  // namespace
}  // namespace virtsql
