#include "tests/core/virtumancer/fixture.h"

namespace virtsql::virtumancer {
namespace {

class FitTest : public test::SourceFixture {
 protected:
  // A device of the element, made of the row.
  struct Case {
    const char* element;
    test::Row row;
    const char* xml;       // of the devices of the element
    const char* left_out;  // "place: reason", without devices/; empty: nothing is
  };
  void expect(const Case& each) {
    give(each.element, each.row);
    EXPECT_EQ(made("devices/" + std::string(each.element)), each.xml);
    EXPECT_EQ(told("left out"), *each.left_out ? "devices/" + std::string(each.left_out) + "\n" : "") << each.xml;
  }
  // A row of a section of the VM.
  void expect_section(const std::string& table, test::Row row, const std::string& path, const std::string& xml,
                      const std::string& left_out) {
    tables_[table].clear();
    row.emplace("id", "s");
    add_own(table, row);
    EXPECT_EQ(made(path), xml);
    EXPECT_EQ(told("left out"), left_out) << xml;
  }
  void set_arch(const std::string& arch) {
    tables_["os_configs"] = {{{"id", "o"}, {"vm_uuid", "v"}, {"loader_type", arch}}};
  }
};

TEST_F(FitTest, TakesOutDevicesThatTheMachineHasNot) {
  const Case cases[] = {
      {"channel", {{"type", "spicevmc"}}, "", "channel: the VM has no SPICE screen"},
      {"redirdev", {{"type", "spicevmc"}}, "", "redirdev: the VM has no SPICE screen"},
      {"controller", {{"type", "xenbus"}}, "", "controller: QEMU has no such controller"},
      {"controller", {{"type", "isa"}}, "", "controller: QEMU has no such controller"},
      {"controller", {{"type", "ide"}, {"index", "1"}}, "", "controller: a machine has one controller of this type"},
      {"controller",
       {{"type", "pci"}, {"index", "1"}, {"model_name", "pci-root"}},
       "",
       "controller: a machine of this type has no such PCI bus, or not at this place"},
      {"controller",
       {{"type", "pci"}, {"index", "1"}, {"model_name", "pci-bridge"}},
       "<controller type='pci' index='1' model='pci-bridge'/>\n",
       ""},
      {"controller",
       {{"type", "scsi"}, {"model_name", "ncr53c90"}},
       "<controller type='scsi' index='0'/>\n",
       "controller/@model: no x86 machine has this model"},
      {"sound", {{"model_name", "ich7"}}, "", "sound: QEMU has no such sound card"},
      {"input", {{"type", "tablet"}, {"bus", "xen"}}, "", "input: only Xen has this bus"},
      {"input",
       {{"type", "tablet"}, {"bus", "ps2"}},
       "<input type='tablet'/>\n",
       "input/@bus: a tablet is not on this bus"},
      {"memballoon", {{"model_name", "xen"}}, "", "memballoon: only Xen has it"},
      {"panic", {{"model_name", "s390"}}, "", "panic: not of this processor"},
      {"watchdog", {{"model_name", "diag288"}}, "", "watchdog: only s390x has it"},
      {"tpm", {{"model_name", "tpm-spapr"}}, "", "tpm: only POWER has it"},
      {"iommu", {{"model_name", "smmuv3"}}, "", "iommu: only ARM has it"},
      {"hostdev",
       {{"type_name", "vfio-ap"}, {"device_id", "83b8f4f2-509f-382f-3c1e-e6bfe0fa1001"}},
       "",
       "hostdev: only s390x has it"},
      {"video",
       {{"model_name", "virtio"}, {"vram", "2048"}},
       "<video>\n  <model type='virtio'/>\n</video>\n",
       "video/model/@vram: the model's memory cannot be set"},
      {"video",
       {{"model_name", "qxl"}, {"vram", "1023"}},
       "<video>\n  <model type='qxl'/>\n</video>\n",
       "video/model/@vram: QEMU's video cards have from 1 MiB to 4 GiB"},
      {"video",
       {{"model_name", "cirrus"}, {"heads", "2"}},
       "<video>\n  <model type='cirrus'/>\n</video>\n",
       "video/model/@heads: the model has one screen"},
  };
  const auto base = tables_;
  for (const Case& each : cases) {
    tables_ = base;
    expect(each);
  }
}

TEST_F(FitTest, KeepsWhatOtherMachinesHave) {
  tables_["hosts"].front()["uri"] = "xen:///";
  expect({"memballoon", {{"model_name", "xen"}}, "<memballoon model='xen'/>\n", ""});
  expect({"input", {{"type", "mouse"}, {"bus", "xen"}}, "<input type='mouse' bus='xen'/>\n", ""});
  tables_["hosts"].front()["uri"] = "qemu:///system";
  tables_.erase("memory_balloons");
  tables_.erase("input_devices");
  tables_.erase("memory_balloon_attachments");
  tables_.erase("input_device_attachments");
  set_arch("s390x");
  expect({"watchdog", {{"model_name", "diag288"}}, "<watchdog model='diag288'/>\n", ""});
}

TEST_F(FitTest, KeepsWhatItTakesOut) {
  give("channel", {{"type", "spicevmc"}, {"target_name", "com.redhat.spice.0"}});
  make();
  const auto note =
      std::find_if(notes_.begin(), notes_.end(), [](const Note& each) { return each.kind == "left out"; });
  ASSERT_NE(note, notes_.end());
  EXPECT_EQ(note->table + " " + note->id, "channel_device_attachments 1");
  EXPECT_EQ(
      note->kept,
      R"({"devices/channel":"<channel type='spicevmc'>\n  <target name='com.redhat.spice.0' type='virtio'/>\n</channel>\n"})");
  add_own("consoles", {{"id", "c"}, {"type", "spice"}, {"port", "5900"}});
  EXPECT_NE(made("devices/channel"), "");
}

TEST_F(FitTest, HasASerialPortForTheBios) {
  expect_section("os_configs", {{"bios_uses_serial", "1"}}, "os/bios", "",
                 "os/bios/@useserial: the VM has no serial port\n");
  give("serial", {{"type", "pty"}});
  expect_section("os_configs", {{"bios_uses_serial", "1"}}, "os/bios", "<bios useserial='yes'/>\n", "");
}

TEST_F(FitTest, HasHugePagesOfCellsThatAreThere) {
  const std::string gone =
      "memoryBacking/hugepages/page: the VM has no such NUMA cells, or they have pages of another size\n";
  const std::string pages = R"([{"size":1,"unit":"G","nodeset":"0-1"}])";
  expect_section("memory_configs", {{"config_json", pages}}, "memoryBacking", "", gone);
  expect_section("memory_configs", {{"config_json", R"([{"size":2,"unit":"M"},{"size":1,"unit":"G"}])"}},
                 "memoryBacking/hugepages", "<hugepages>\n  <page size='2' unit='M'/>\n</hugepages>\n", gone);
  for (const char* id : {"0", "1"})
    add_own("numa_nodes", {{"id", id}, {"node_id", id}, {"memory_kb", "524288"}, {"cpus_json", id}});
  expect_section("memory_configs", {{"config_json", pages}}, "memoryBacking/hugepages",
                 "<hugepages>\n  <page size='1' unit='G' nodeset='0-1'/>\n</hugepages>\n", "");
  expect_section("memory_configs",
                 {{"config_json", R"([{"size":1,"unit":"G","nodeset":"0"},{"size":2,"unit":"M","nodeset":"0-1"}])"}},
                 "memoryBacking/hugepages", "<hugepages>\n  <page size='1' unit='G' nodeset='0'/>\n</hugepages>\n",
                 gone);
}

TEST_F(FitTest, BootsFromAFirmwareThatCanBe) {
  const auto os = [&](test::Row row, const std::string& xml, const std::string& left_out) {
    expect_section("os_configs", std::move(row), "os", "<os" + xml + "</os>\n", left_out);
  };
  os({{"firmware", "efi"}, {"loader_path", "/f"}, {"loader_type", "pflash"}},
     ">\n  <loader type='pflash' readonly='yes'>/f</loader>\n  <type>hvm</type>\n",
     "os/@firmware: the loader says which firmware\n");
  os({{"firmware", "efi"}, {"n_vram_template", "/t"}, {"n_vram_path", "/n"}},
     " firmware='efi'>\n  <nvram>/n</nvram>\n  <type>hvm</type>\n",
     "os/nvram/@template: libvirt chooses the firmware\n");
  os({{"loader_path", "/f"}, {"loader_type", "pflash"}, {"loader_stateless", "1"}, {"n_vram_path", "/n"}},
     ">\n  <loader type='pflash' stateless='yes' readonly='yes'>/f</loader>\n  <type>hvm</type>\n",
     "os/nvram: a stateless firmware has no variables\n");
  tables_["hosts"].front()["uri"] = "xen:///";
  os({{"firmware", "linux"}, {"boot_menu_enable", "1"}}, ">\n  <type>linux</type>\n",
     "os/bootmenu: it boots without a firmware\n");
}

TEST_F(FitTest, LeavesTheMachinesOwnPlacesFree) {
  const auto base = tables_;
  expect({"controller",
          {{"type", "ide"}, {"address_json", R"({"type":"pci","slot":"0x01","function":"0x1"})"}},
          "<controller type='ide' index='0'>\n"
          "  <address type='pci' slot='0x01' function='0x1' domain='0x0000' bus='0x00'/>\n</controller>\n",
          ""});
  tables_ = base;
  expect({"controller",
          {{"type", "ide"}, {"address_json", R"({"type":"pci","slot":"0x05"})"}},
          "<controller type='ide' index='0'/>\n",
          "controller/address: it is a place of the machine's own devices"});
  tables_ = base;
  give("iommu", {{"model_name", "intel"}});  // q35
  expect({"controller",
          {{"type", "usb"}, {"index", "0"}, {"address_json", R"({"type":"pci","slot":"0x1f","function":"0x2"})"}},
          "<controller type='usb' index='0'/>\n",
          "controller/address: it is a place of the machine's own devices"});
}

TEST_F(FitTest, HasFourSerialPortsOfAKind) {
  for (int i = 0; i < 5; ++i) give("serial", {{"type", "pty"}});
  make();
  EXPECT_EQ(told("left out"), "devices/serial: a machine has four serial ports of this kind\n");
}

TEST_F(FitTest, DoesWhatItsHypervisorCan) {
  expect_section("lifecycle_actions", {{"on_reboot", "preserve"}, {"on_crash", "preserve"}}, "on_reboot,on_crash",
                 "<on_crash>preserve</on_crash>\n", "on_reboot: QEMU has no such action\n");
  expect_section("lifecycle_actions", {{"on_reboot", "destroy"}, {"on_poweroff", "restart"}}, "on_reboot,on_poweroff",
                 "<on_reboot>destroy</on_reboot>\n",
                 "on_poweroff: QEMU does not restart a VM that is turned off, and turn off one that is restarted\n");
  expect_section("lifecycle_actions", {}, "on_reboot", "", "");
  expect_section("clocks", {{"config_json", R"([{"name":"platform"},{"name":"rtc","track":"boot"}])"}}, "clock/timer",
                 "<timer name='rtc'/>\n",
                 "clock/timer: the machine has no such timer\n"
                 "clock/timer/@track: QEMU tracks only the guest's and the wall clock\n");
}

}  // namespace
}  // namespace virtsql::virtumancer
