// What virtsql adds to a VM once it knows all that the VM has.
#include <algorithm>

#include "tests/core/virtumancer/fixture.h"

namespace virtsql::virtumancer {
namespace {

class CompletionTest : public test::SourceFixture {
 protected:
  void give_disk(const std::string& name, const std::string& bus = "virtio") {
    add("disks", {{"id", name}, {"path", "/" + name}, {"format", "raw"}});
    add_own("disk_attachments", {{"id", name}, {"disk_id", name}, {"device_name", name}, {"bus_type", bus}});
  }
  // Returns the XML of the boot order: the <boot> elements of <os>, then those of disks, then those of interfaces.
  std::string boot_order(const std::string& json) {
    tables_["boot_configs"].clear();
    add_own("boot_configs", {{"id", "b"}, {"boot_order_json", json}});
    return made("os/boot,devices/disk/boot,devices/interface/boot");
  }
};

TEST_F(CompletionTest, AVmHasAVideoCard) {
  EXPECT_EQ(made("devices/video"), "<video>\n  <model type='vga' heads='1' primary='yes'/>\n</video>\n");
  EXPECT_TRUE(std::any_of(notes_.begin(), notes_.end(),
                          [](const Note& note) { return note.kind == "defaulted" && note.what == "devices/video"; }));
  give("video", {{"model_name", "none"}});
  EXPECT_EQ(made("devices/video"), "<video>\n  <model type='none'/>\n</video>\n");
}

TEST_F(CompletionTest, AContainerHasNone) {
  tables_["hosts"].front()["uri"] = "lxc:///";
  EXPECT_EQ(made("devices/video,features"), "");
  EXPECT_EQ(part("os"), "<os>\n  <type>exe</type>\n  <init>/sbin/init</init>\n</os>\n");
  EXPECT_EQ(told("defaulted"), "os/init: /sbin/init\n");
  add_own("os_configs", {{"id", "o"}, {"firmware", "exe"}, {"loader_path", "/bin/sh"}});
  EXPECT_EQ(made("os/init"), "<init>/bin/sh</init>\n");
}

TEST_F(CompletionTest, IsOfATypeThatItsHypervisorRuns) {
  set("os_type", "exe");
  EXPECT_EQ(made("os"), "<os>\n  <type>hvm</type>\n</os>\n");
  EXPECT_EQ(told("left out"), "os/type: not on a hypervisor of type kvm\n");
  tables_["hosts"].front()["uri"] = "xen:///";
  set("os_type", "linux");
  EXPECT_EQ(made("os/type"), "<type>linux</type>\n");
}

TEST_F(CompletionTest, RemapsTheInterruptsOfManyCpus) {
  set("v_cpu_count", "255");
  EXPECT_EQ(made("devices/iommu,features/ioapic"), "");
  set("v_cpu_count", "256");
  EXPECT_EQ(made("os,features/ioapic,devices/iommu"),
            "<os>\n  <type machine='q35'>hvm</type>\n</os>\n<ioapic driver='qemu'/>\n"
            "<iommu model='intel'>\n  <driver intremap='on' eim='on'/>\n</iommu>\n");
  EXPECT_EQ(
      told("inferred"),
      "os/type/@machine: q35, as it has more than 255 virtual CPUs\n"
      "devices/iommu/driver: an Intel IOMMU with extended interrupt mode, as more than 255 virtual CPUs need one\n");
  give("iommu", {{"model_name", "virtio"}});
  EXPECT_EQ(made("devices/iommu"), "<iommu model='intel'>\n  <driver intremap='on' eim='on'/>\n</iommu>\n");
  EXPECT_EQ(told("left out"), "devices/iommu: more than 255 virtual CPUs need an Intel IOMMU\n");
}

TEST_F(CompletionTest, HasTheAcpiThatItsFirmwareNeeds) {
  add_own("hypervisor_features", {{"id", "f"}, {"name", "apic"}});
  EXPECT_EQ(made("features"), "<features>\n  <apic/>\n</features>\n");
  add_own("os_configs", {{"id", "o"}, {"firmware", "efi"}});
  EXPECT_EQ(made("features"), "<features>\n  <apic/>\n  <acpi/>\n</features>\n");
  EXPECT_EQ(told("inferred"), "features/acpi: there, as UEFI needs it\n");
}

TEST_F(CompletionTest, HasNoIdeDisksOnAMachineWithoutIde) {
  give_disk("hda", "ide");
  EXPECT_EQ(made("devices/disk/target"), "<target bus='ide' dev='hda'/>\n");
  give("iommu", {{"model_name", "intel"}});
  EXPECT_EQ(made("devices/disk/target"), "<target bus='sata' dev='hda'/>\n");
}

TEST_F(CompletionTest, BootsFromKindsOfDevicesOrFromDevices) {
  give_disk("vda");
  give_disk("vdb");
  add("ports", {{"id", "p"}, {"vm_id", "v"}, {"mac_address", "52:54:00:00:00:0a"}});
  EXPECT_EQ(boot_order(R"(["network","hd"])"), "<boot dev='network'/>\n<boot dev='hd'/>\n");
  EXPECT_EQ(boot_order(R"([{"dev":"hd","order":2},{"device":"cdrom","order":1}])"),
            "<boot dev='cdrom'/>\n<boot dev='hd'/>\n");
  EXPECT_EQ(boot_order(R"(["vdb","52:54:00:00:00:0A"])"), "<boot order='1'/>\n<boot order='2'/>\n");
  EXPECT_EQ(told("left out"), "");
  for (const char* bad :
       {R"(["hd","hd"])", R"(["vda","vdz"])", R"(["hd","vda"])", R"([{"order":1}])", "{\"a\":1}", "text"}) {
    EXPECT_EQ(boot_order(bad), "") << bad;
    EXPECT_EQ(told("left out"), "os/boot: boot_order_json names no devices that are there\n") << bad;
  }
  for (const char* nothing : {"", "null", "[]", "{}"}) {
    EXPECT_EQ(boot_order(nothing), "") << nothing;
    EXPECT_EQ(told("left out"), "") << nothing;
  }
}

TEST_F(CompletionTest, TheMachineIsOneThatHasTheDevices) {
  EXPECT_EQ(made("os"), "<os>\n  <type>hvm</type>\n</os>\n");
  const auto base = tables_;
  for (const auto& [element, row, why] :
       {std::tuple("controller", test::Row{{"type", "pci"}, {"model_name", "pcie-root"}},
                   "there are PCI Express controllers"),
        std::tuple("iommu", test::Row{{"model_name", "intel"}}, "there is an Intel IOMMU"),
        std::tuple("iommu", test::Row{{"model_name", "virtio"}}, "there is a virtio IOMMU"),
        std::tuple("watchdog", test::Row{{"model_name", "itco"}}, "there is an iTCO watchdog")}) {
    tables_ = base;
    give(element, row);
    EXPECT_EQ(made("os"), "<os>\n  <type machine='q35'>hvm</type>\n</os>\n") << why;
    EXPECT_EQ(told("inferred"), "os/type/@machine: q35, as " + std::string(why) + "\n");
    add_own("os_configs", {{"id", "o"}, {"loader_type", "aarch64"}});
    EXPECT_EQ(made("os"), "<os>\n  <type arch='aarch64'>hvm</type>\n</os>\n") << why;  // aarch64 has no q35
  }
}

TEST_F(CompletionTest, UsbDevicesHaveAController) {
  const std::string controller = "<controller type='usb' index='0'/>\n";
  EXPECT_EQ(made("devices/controller"), "");
  add_own("consoles", {{"id", "c"}, {"type", "spice"}, {"port", "5900"}});
  give("input", {{"type", "mouse"}, {"bus", "ps2"}});
  EXPECT_EQ(made("devices/controller"), "");
  const auto base = tables_;
  give("input", {{"type", "tablet"}, {"bus", "usb"}});
  EXPECT_EQ(made("devices/controller"), controller);
  EXPECT_EQ(told("inferred"), "devices/controller: a USB controller, as there are USB devices\n");
  give("controller", {{"type", "usb"}, {"index", "1"}});
  EXPECT_EQ(made("devices/controller"), "<controller type='usb' index='1'/>\n");
  tables_ = base;
  give("redirdev", {});
  EXPECT_EQ(made("devices/controller"), controller);
  tables_ = base;
  give_disk("sda", "usb");
  EXPECT_EQ(made("devices/controller"), controller);
}

TEST_F(CompletionTest, VirtiofsHasTheMemoryThatItNeeds) {
  give("filesystem", {{"driver_type", "virtiofs"}, {"source_path", "/a"}, {"target_path", "a"}});
  EXPECT_EQ(made("memoryBacking"),
            "<memoryBacking>\n  <access mode='shared'/>\n  <source type='memfd'/>\n</memoryBacking>\n");
  EXPECT_EQ(told("inferred"), "memoryBacking: shared memory, which virtiofs needs\n");
  add_own("memory_configs", {{"id", "m"}, {"mode", "private"}});
  EXPECT_EQ(made("memoryBacking/access"), "<access mode='shared'/>\n");
  EXPECT_EQ(told("left out"), "memoryBacking/access/@mode: virtiofs needs shared memory\n");
}

}  // namespace
}  // namespace virtsql::virtumancer
