#include "tests/core/virtumancer/fixture.h"

namespace virtsql::virtumancer {
namespace {

class DisksTest : public test::SourceFixture {
 protected:
  // Gives the VM a disk with these columns of disks and of disk_attachments.
  void give_disk(test::Row disk, test::Row attachment) {
    const std::string id = std::to_string(tables_["disks"].size() + 1);
    disk.emplace("id", id);
    add("disks", disk);
    attachment.insert({{"id", id}, {"disk_id", id}});
    add_own("disk_attachments", attachment);
  }
  std::string made(const test::Row& disk, const test::Row& attachment) {
    tables_["disks"].clear();
    tables_["disk_attachments"].clear();
    give_disk(disk, attachment);
    return SourceFixture::made("devices/disk");
  }
};

TEST_F(DisksTest, HaveTheirImageAndTheirName) {
  EXPECT_EQ(made({{"path", "/a.qcow2"}, {"format", "qcow2"}, {"serial", "S-1"}},
                 {{"device_name", "vda"}, {"bus_type", "virtio"}, {"read_only", "1"}, {"shareable", "0"}}),
            "<disk type='file' device='disk'>\n  <target bus='virtio' dev='vda'/>\n  <source file='/a.qcow2'/>\n"
            "  <readonly/>\n  <serial>S-1</serial>\n  <driver type='qcow2' name='qemu'/>\n</disk>\n");
  EXPECT_EQ(told("left out") + told("inferred") + told("defaulted"), "");
  made({{"path", "/dev/vg/a"}, {"format", "raw"}}, {{"device_name", "vda"}});
  EXPECT_EQ(part("devices/disk/source"), "<source dev='/dev/vg/a'/>\n");
  EXPECT_EQ(told("inferred"), "devices/disk/target/@bus: virtio, from the name vda\n");
}

TEST_F(DisksTest, GetANameThatIsFree) {
  give_disk({{"path", "/1"}, {"format", "raw"}}, {{"bus_type", "sata"}});  // sdb: the next disk has sda
  give_disk({{"path", "/2"}, {"format", "raw"}}, {{"bus_type", "sata"}, {"device_name", "sda"}});
  give_disk({{"path", "/3"}, {"format", "raw"}}, {{"bus_type", "sata"}, {"device_name", "sda"}});  // taken
  give_disk({{"path", "/4"}, {"format", "raw"}}, {{"device_name", "disk 4"}});
  SourceFixture::made("");
  EXPECT_EQ(part("devices/disk/target"),
            "<target bus='sata' dev='sdb'/>\n<target bus='sata' dev='sda'/>\n<target bus='sata' dev='sdc'/>\n"
            "<target dev='vda' bus='virtio'/>\n");
}

TEST_F(DisksTest, GetTwoLettersBeyondZ) {
  for (int disk = 0; disk < 28; ++disk)
    give_disk({{"path", "/" + std::to_string(disk)}, {"format", "raw"}}, {{"bus_type", "virtio"}});
  SourceFixture::made("");
  const std::string targets = part("devices/disk/target");
  EXPECT_TRUE(
      targets.ends_with("<target bus='virtio' dev='vdz'/>\n<target bus='virtio' dev='vdaa'/>\n"
                        "<target bus='virtio' dev='vdab'/>\n"))
      << targets;
}

TEST_F(DisksTest, AreOfTheKindThatTheirBusAndImageSay) {
  const auto kind_of = [&](const test::Row& disk, const test::Row& attachment) {
    const std::string xml = made(disk, attachment);
    const std::size_t at = xml.find("device='");
    return at == std::string::npos ? "" : xml.substr(at + 8, xml.find('\'', at + 8) - at - 8);
  };
  EXPECT_EQ(kind_of({{"path", "/a.ISO"}}, {{"bus_type", "sata"}}), "cdrom");
  EXPECT_EQ(part("devices/disk/readonly"), "<readonly/>\n");
  EXPECT_EQ(kind_of({}, {{"bus_type", "ide"}}), "cdrom");  // an empty drive
  EXPECT_EQ(kind_of({{"path", "/a.iso"}}, {{"bus_type", "virtio"}}), "disk");
  EXPECT_EQ(kind_of({{"path", "/a.img"}}, {{"bus_type", "sata"}}), "disk");
  // libvirt takes read-only disks on SCSI, USB and virtio, but on IDE and SATA only CD drives are.
  for (const char* bus : {"ide", "sata"}) {
    EXPECT_EQ(kind_of({{"path", "/seed.img"}}, {{"bus_type", bus}, {"read_only", "1"}}), "cdrom") << bus;
    EXPECT_EQ(kind_of({{"path", "/seed.img"}}, {{"bus_type", bus}, {"read_only", "0"}}), "disk") << bus;
  }
  for (const char* bus : {"scsi", "usb", "virtio"})
    EXPECT_EQ(kind_of({{"path", "/seed.img"}}, {{"bus_type", bus}, {"read_only", "1"}}), "disk") << bus;
  EXPECT_EQ(kind_of({{"path", "/dev/sr0"}}, {{"bus_type", "scsi"}}), "cdrom");
  EXPECT_EQ(kind_of({}, {{"bus_type", "fdc"}}), "floppy");
  EXPECT_EQ(kind_of({}, {{"bus_type", "virtio"}}), "");
  EXPECT_EQ(told("left out"), "devices/disk: a disk whose image is not known\n");
}

// An image that virtumancer names in a way that no file is named is lost, if the disk becomes an empty drive.
TEST_F(DisksTest, AreLeftOutIfTheirImageCannotBeTold) {
  for (const char* bus : {"scsi", "sata", "ide", "usb", "fdc", "virtio"}) {
    for (const test::Row& disk :
         {test::Row{{"name", "data"}, {"path", "rbd:ceph/data"}}, test::Row{{"path", "http://h/x.iso"}},
          test::Row{{"path", "nbd://h/x"}}, test::Row{{"path", "relative.qcow2"}}, test::Row{{"name", "pool/vol"}},
          test::Row{{"volume_id", "gone"}}, test::Row{{"path", "/two\nlines"}}}) {
      EXPECT_EQ(made(disk, {{"bus_type", bus}}), "") << bus;
      EXPECT_EQ(told("left out"), "devices/disk: a disk whose image is not known\n") << bus;
      const auto note =
          std::find_if(notes_.begin(), notes_.end(), [](const Note& each) { return each.kind == "left out"; });
      for (const auto& [column, value] : disk)
        EXPECT_NE(note->kept.find("\"" + column + "\":" + json_text(value)), std::string::npos) << note->kept;
    }
  }
  // virtumancer's name of a drive that has no image.
  EXPECT_EQ(made({{"name", "disk-sda"}}, {{"bus_type", "sata"}, {"device_name", "sda"}}),
            "<disk type='file' device='cdrom'>\n  <target bus='sata' dev='sda'/>\n  <readonly/>\n</disk>\n");
  EXPECT_EQ(told("left out"), "");
  // The volume has a path, and what the disk calls its path is told.
  add("volumes", {{"id", "a"}, {"path", "/pool/a.img"}});
  made({{"path", "rbd:ceph/a"}, {"volume_id", "a"}}, {{"bus_type", "sata"}});
  EXPECT_EQ(part("devices/disk/source"), "<source file='/pool/a.img'/>\n");
  EXPECT_EQ(told("left out"), "devices/disk: without a place or not valid: path\n");
}

TEST_F(DisksTest, HaveADriverAndLimits) {
  made({{"path", "/a.vmdk"},
        {"driver_json", R"({"cache":"none","io":"native"})"},
        {"io_tune", R"({"total_bytes_sec":100,"read_bytes_sec":50,"read_iops_sec":5})"}},
       {{"device_name", "vda"}, {"bus_type", "virtio"}});
  EXPECT_EQ(part("devices/disk/driver"), "<driver cache='none' io='native' type='vmdk' name='qemu'/>\n");
  EXPECT_EQ(told("inferred"), "devices/disk/driver/@type: vmdk, from the name of the image\n");
  // libvirt takes either a total or its parts, not both.
  EXPECT_EQ(part("devices/disk/iotune"),
            "<iotune>\n  <total_bytes_sec>100</total_bytes_sec>\n  <read_iops_sec>5</read_iops_sec>\n</iotune>\n");
  EXPECT_EQ(told("left out"), "devices/disk/iotune/read_bytes_sec: a limit beside that of both directions together\n");
  made({{"path", "/a"}, {"driver_json", R"({"cache":"cold"})"}}, {{"device_name", "vda"}, {"bus_type", "virtio"}});
  EXPECT_EQ(part("devices/disk/driver"), "<driver type='raw' name='qemu'/>\n");
  EXPECT_EQ(told("left out"), "devices/disk: without a place or not valid: driver_json\n");
  EXPECT_EQ(told("defaulted"), "devices/disk/driver/@type: raw\n");
}

TEST_F(DisksTest, AreFoundByTheirVolume) {
  add("storage_pools", {{"id", "p"}, {"host_id", "h"}, {"type", "dir"}, {"path", "/pool"}});
  add("volumes", {{"id", "a"}, {"storage_pool_id", "p"}, {"name", "a.img"}, {"format", "qcow2"}});
  made({{"volume_id", "a"}}, {{"device_name", "vda"}, {"bus_type", "virtio"}});
  EXPECT_EQ(part("devices/disk/source,devices/disk/driver"),
            "<source file='/pool/a.img'/>\n<driver type='qcow2' name='qemu'/>\n");
  // Older databases attach volumes to VMs.
  tables_["disks"].clear();
  tables_["disk_attachments"].clear();
  add("volume_attachments", {{"id", "1"}, {"vm_id", "v"}, {"volume_id", "a"}, {"device_name", "vdb"}});
  add("volume_attachments", {{"id", "2"}, {"vm_id", "v"}, {"volume_id", "b"}, {"device_name", "vdc"}});
  SourceFixture::made("");
  EXPECT_EQ(part("devices/disk/target"), "<target dev='vdb' bus='virtio'/>\n");
  EXPECT_EQ(told("left out"), "devices/disk: volumes has no row b, or it is deleted\n");
}

TEST_F(DisksTest, HaveTheirAddressOnAnyBus) {
  give("controller", {{"type", "pci"}, {"index", "1"}, {"model_name", "pcie-root-port"}});
  EXPECT_NE(made({{"path", "/a"}}, {{"device_name", "vda"},
                                    {"bus_type", "virtio"},
                                    {"address_json", R"({"type":"pci","bus":"0x01","slot":"0x00"})"}})
                .find("<address type='pci' bus='0x01' slot='0x00' domain='0x0000' function='0x0'/>"),
            std::string::npos);
  EXPECT_EQ(told("left out"), "");
}

// What nothing else of the VM repeats is kept.
TEST_F(DisksTest, KeepTheirOwnNameSizeAndType) {
  const test::Row attachment = {{"device_name", "vda"}, {"bus_type", "virtio"}};
  made({{"name", "Root of web"}, {"path", "/a.img"}, {"capacity_bytes", "10"}, {"volume_type", "network"}}, attachment);
  EXPECT_EQ(told("left out"), "devices/disk: without a place or not valid: capacity_bytes, name, volume_type\n");
  for (const char* name : {"/a.img", "a.img", "disk-vda"}) {
    made({{"name", name}, {"path", "/a.img"}, {"capacity_bytes", "0"}, {"volume_type", "FILE"}}, attachment);
    EXPECT_EQ(told("left out"), "") << name;
  }
  add("storage_pools", {{"id", "p"}, {"host_id", "h"}, {"type", "dir"}, {"path", "/pool"}});
  add("volumes",
      {{"id", "a"}, {"storage_pool_id", "p"}, {"name", "a.img"}, {"capacity_bytes", "10"}, {"type", "DISK"}});
  const test::Row disk = {{"name", "a.img"}, {"volume_id", "a"}, {"capacity_bytes", "10"}, {"volume_type", "DISK"}};
  made(disk, attachment);
  EXPECT_EQ(told("left out"), "");
  // Without its pool the volume is no row of its own.
  tables_["volumes"].front().insert({"path", "/pool/a.img"});
  tables_["storage_pools"].clear();
  made(disk, attachment);
  EXPECT_EQ(told("left out"), "devices/disk: without a place or not valid: capacity_bytes\n");
}

// virtumancer has only one row for all disks whose files have the same base name.
TEST_F(DisksTest, OfEqualNamesAreToldApart) {
  add("storage_pools", {{"id", "p"}, {"host_id", "h"}, {"type", "dir"}, {"path", "/pool"}});
  add("volumes", {{"id", "a"}, {"storage_pool_id", "p"}, {"name", "a.img"}});
  give_disk({{"path", "/elsewhere/a.img"}, {"format", "raw"}}, {{"device_name", "vda"}, {"bus_type", "virtio"}});
  EXPECT_EQ(SourceFixture::made("devices/disk/source"), "<source file='/elsewhere/a.img'/>\n");  // one VM has it
  // The older table volume_attachments says which disk the VM had.
  auto before = tables_;
  add("volume_attachments", {{"id", "1"}, {"vm_id", "v"}, {"volume_id", "a"}, {"device_name", "vda"}});
  EXPECT_EQ(SourceFixture::made("devices/disk/source"), "<source file='/pool/a.img'/>\n");
  tables_ = before;
  // Two VMs have the disk. If the host has exactly one volume of this name, that is it. If not, nobody knows.
  add("virtual_machines", {{"id", "w"}, {"host_id", "h"}, {"name", "other"}});
  add("disk_attachments", {{"id", "2"}, {"vm_uuid", "w"}, {"disk_id", "1"}});
  const auto with_both = [&] {
    Source source(write());
    Context context(source);
    for (const SourceRow& row : source.table("virtual_machines").rows) context.add_vm_key(row.id, row);
    notes_.clear();
    const SourceRow& row = source.table("virtual_machines").rows.front();
    xml_ = domain_of(context, {&row, nullptr, "alpha", "web", kUuid}, notes_);
    return part("devices/disk/source");
  };
  EXPECT_EQ(with_both(), "<source file='/pool/a.img'/>\n");
  before = tables_;
  add("volumes", {{"id", "b"}, {"storage_pool_id", "p"}, {"path", "/third/a.img"}});
  EXPECT_EQ(with_both(), "<source file='/elsewhere/a.img'/>\n");
  EXPECT_NE(told("inferred").find("may be another VM's: 2 VMs have it"), std::string::npos);
  tables_ = before;
  tables_["disk_attachments"].front()["shareable"] = "1";  // they share it
  EXPECT_EQ(with_both(), "<source file='/elsewhere/a.img'/>\n");
}

}  // namespace
}  // namespace virtsql::virtumancer
