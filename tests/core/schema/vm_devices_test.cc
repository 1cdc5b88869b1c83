#include "core/schema/vm_devices.h"

#include <set>

#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

class VmDevicesTest : public test::StoreFixture {
 protected:
  // Returns name, model, source and details of the only device of a VM.
  std::string shown(const std::string& device) {
    database_->execute("DELETE FROM virtual_machines");
    capture(replaced(vm("web", "11111111-1111-1111-1111-111111111111"), "</domain>",
                     "<devices>" + device + "</devices></domain>"));
    return text(
        "SELECT coalesce(name, '-') || ' ' || coalesce(model, '-') || ' ' || coalesce(source, '-') || ' ' || "
        "coalesce(details, '-') FROM vm_devices");
  }
};

TEST_F(VmDevicesTest, ShowWhatIdentifiesADevice) {
  EXPECT_EQ(shown("<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='/a'/><target "
                  "dev='vda' bus='virtio'/></disk>"),
            "vda virtio /a device=disk type=qcow2");
  EXPECT_EQ(shown("<controller type='scsi' index='1' model='lsilogic'/>").find("scsi 1 "), 0U)
      << "the index is a key with the type: " << shown("<controller type='scsi' index='1' model='lsilogic'/>");
  EXPECT_EQ(shown("<interface type='network'><mac address='52:54:00:00:00:01'/><source network='lan'/><model "
                  "type='e1000'/></interface>"),
            "52:54:00:00:00:01 e1000 lan type=network");
}

TEST_F(VmDevicesTest, ASourceIsWrittenWithWhatComesBeforeIt) {
  EXPECT_EQ(shown("<disk type='volume'><source pool='images' volume='a.img'/><target dev='vda'/></disk>"),
            "vda - images/a.img -");
  EXPECT_EQ(shown("<disk type='network'><source protocol='nbd'><host name='a' port='10809'/><host name='b'/></source>"
                  "<target dev='vda'/></disk>"),
            "vda - nbd://a:10809 -");
  EXPECT_EQ(shown("<hostdev mode='subsystem' type='pci'><source><address domain='0x0000' bus='0x01' slot='0x02' "
                  "function='0x3'/></source></hostdev>")
                .substr(0, 16),
            "- pci 0000:01:02");
}

TEST_F(VmDevicesTest, FlagsAndSizesAreDetails) {
  EXPECT_EQ(
      shown("<disk type='file' device='disk'><source file='/a'/><target dev='vda'/><readonly/><shareable/></disk>"),
      "vda - /a device=disk readonly shareable");
  EXPECT_EQ(shown("<shmem name='a'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>"),
            "a ivshmem-plain - size=4M");
}

TEST_F(VmDevicesTest, TwoDetailsHaveTwoNames) {
  EXPECT_EQ(shown("<memory model='nvdimm'><source><path>/a</path></source><target><size unit='KiB'>524288</size>"
                  "<label><size unit='KiB'>128</size></label></target></memory>"),
            "/a nvdimm /a size=524288KiB label_size=128KiB");
  const std::string sql = devices_sql(Catalog::standard());
  std::size_t begin = 0;
  for (const Table* table : Catalog::standard().tables()) {
    if (!table->is_device()) continue;
    // A detail is the literal ' name=' or, if it is a flag, ' name'.
    const std::size_t end = sql.find(" FROM " + table->name + " AS t", begin);
    ASSERT_NE(end, std::string::npos) << table->name;
    std::set<std::string> names;
    for (std::size_t at = begin; (at = sql.find("(' ", at)) < end; ++at) {
      const std::string name = sql.substr(at + 3, sql.find_first_of("='", at + 3) - at - 3);
      EXPECT_TRUE(names.insert(name).second) << table->name << " has two details " << name;
    }
    begin = end;
  }
}

TEST_F(VmDevicesTest, EveryDeviceTableIsThere) {
  const std::string sql = devices_sql(Catalog::standard());
  for (const Table* table : Catalog::standard().tables())
    EXPECT_EQ(sql.find(" FROM " + table->name + " AS t") != std::string::npos, table->is_device()) << table->name;
  Statement statement(handle_, "SELECT * FROM vm_devices");
  std::string columns;
  for (int i = 0; i < sqlite3_column_count(statement.handle()); ++i)
    columns += std::string(sqlite3_column_name(statement.handle(), i)) + " ";
  EXPECT_EQ(columns,
            "host vm_name vm_uuid position element name model source details pci_address alias table_name id ");
}

// A condition on the name reaches each SELECT, so that no table is read whole.
TEST_F(VmDevicesTest, TheDevicesOfAVmAreFoundByItsName) {
  Statement plan(handle_, "EXPLAIN QUERY PLAN SELECT * FROM vm_devices WHERE vm_name = 'web'");
  int steps = 0;
  for (; plan.step(); ++steps) {
    const std::string step(plan.get_text(3));
    EXPECT_EQ(step.find("SCAN t"), std::string::npos) << step;
    EXPECT_EQ(step.find("MATERIALIZE"), std::string::npos) << step;
  }
  EXPECT_GT(steps, 60);
}

}  // namespace
}  // namespace virtsql
