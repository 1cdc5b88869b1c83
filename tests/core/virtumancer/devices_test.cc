#include <algorithm>

#include "tests/core/virtumancer/fixture.h"

namespace virtsql::virtumancer {
namespace {

class DevicesTest : public test::SourceFixture {
 protected:
  std::string made(std::string_view element) { return SourceFixture::made("devices/" + std::string(element)); }
};

TEST_F(DevicesTest, HaveWhatTheAttachmentOrItsResourceSays) {
  add("watchdogs", {{"id", "9"}, {"model_name", "i6300esb"}, {"action", "reset"}});
  add_own("watchdog_attachments", {{"id", "1"}, {"watchdog_id", "9"}, {"action", "pause"}});
  EXPECT_EQ(made("watchdog"), "<watchdog action='pause' model='i6300esb'/>\n");
  // If both have a value, the attachment's is used, and the report tells of the resource's.
  EXPECT_EQ(told("left out"), "devices/watchdog: without a place or not valid: action\n");
}

TEST_F(DevicesTest, AreLeftOutWithoutTheirResource) {
  add_own("watchdog_attachments", {{"id", "1"}});
  add_own("watchdog_attachments", {{"id", "2"}, {"watchdog_id", "8"}});
  add("watchdogs", {{"id", "9"}, {"model_name", "itco"}, {"deleted_at", "2025"}});
  add_own("watchdog_attachments", {{"id", "3"}, {"watchdog_id", "9"}});
  EXPECT_EQ(made("watchdog"), "");
  EXPECT_EQ(told("left out"),
            "devices/watchdog: it does not say which of watchdogs\n"
            "devices/watchdog: watchdogs has no row 8, or it is deleted\n"
            "devices/watchdog: watchdogs has no row 9, or it is deleted\n");
}

TEST_F(DevicesTest, AreLeftOutIfLibvirtTakesNoMoreOfThem) {
  for (const char* model : {"i6300esb", "ib700"}) give("watchdog", {{"model_name", model}});
  for (const char* index : {"0", "0", "1"}) give("controller", {{"type", "usb"}, {"index", index}});
  give("input", {{"type", "joystick"}});
  make();
  EXPECT_EQ(part("devices/watchdog"), "<watchdog model='i6300esb'/>\n");
  EXPECT_EQ(part("devices/controller"), "<controller type='usb' index='0'/>\n<controller type='usb' index='1'/>\n");
  EXPECT_EQ(part("devices/input"), "");
  EXPECT_EQ(told("left out"),
            "devices/controller: the VM has one with the same @type,@index\n"
            "devices/input: without a valid @type\n"
            "devices/watchdog: the VM has one already, and libvirt takes 1\n");
}

TEST_F(DevicesTest, ThatAreControllersHaveAModelAndAnIndexThatLibvirtTakes) {
  for (const char* model : {"", "virtio-scsi", "pcie-root"})
    give("controller", {{"type", "pci"}, {"model_name", model}});
  give("controller", {{"type", "scsi"}, {"index", "4294967296"}});
  give("controller", {{"type", "scsi"}, {"index", "255"}});
  make();
  EXPECT_EQ(part("devices/controller"),
            "<controller type='pci' model='pcie-root' index='0'/>\n<controller type='scsi' index='255'/>\n");
  EXPECT_EQ(told("left out"),
            "devices/controller: a PCI controller without a valid @model\n"
            "devices/controller: a PCI controller without a valid @model\n"
            "devices/controller: without a valid @index\n");
}

TEST_F(DevicesTest, ThatAreUsbCompanionsHaveTheirMaster) {
  for (const char* model : {"ich9-uhci1", "ich9-ehci1", "ich9-uhci2", "ich9-uhci3", "ich9-uhci3"})
    give("controller", {{"type", "usb"}, {"index", "0"}, {"model_name", model}});
  EXPECT_EQ(made("controller"),
            "<controller type='usb' index='0' model='ich9-ehci1'/>\n"
            "<controller type='usb' index='0' model='ich9-uhci1'>\n  <master startport='0'/>\n</controller>\n"
            "<controller type='usb' index='0' model='ich9-uhci2'>\n  <master startport='2'/>\n</controller>\n"
            "<controller type='usb' index='0' model='ich9-uhci3'>\n  <master startport='4'/>\n</controller>\n");
  EXPECT_EQ(told("left out"), "devices/controller: the VM has one with the same @type,@index\n");
  tables_["controllers"][1]["index"] = "1";
  EXPECT_EQ(made("controller"), "<controller type='usb' index='1' model='ich9-ehci1'/>\n");
  const std::string lost = "devices/controller: a USB companion, and the VM has no ich9-ehci1 of the same @index\n";
  EXPECT_EQ(told("left out"), lost + lost + lost + lost);
}

// Each controller is on the bus of one that comes behind it in the table.
TEST_F(DevicesTest, ThatAreControllersCanBeOnTheBusesOfOthers) {
  const auto controller = [&](const char* type, const char* index, const char* model, const std::string& bus,
                              const std::string& slot) {
    give("controller", {{"type", type},
                        {"index", index},
                        {"model_name", model},
                        {"address_json", R"({"type":"pci","slot":")" + slot + R"(","bus":")" + bus + "\"}"}});
  };
  controller("usb", "0", "qemu-xhci", "0x02", "0x00");
  controller("pci", "2", "pcie-root-port", "0x01", "0x00");
  controller("pci", "1", "pcie-root-port", "0x00", "0x01");
  made("controller/address");
  EXPECT_EQ(told("left out"), "");
}

TEST_F(DevicesTest, KeepWhatWasLeftOut) {
  give("input", {{"type", "joystick"}, {"bus", "usb"}});
  make();
  const auto note =
      std::find_if(notes_.begin(), notes_.end(), [](const Note& each) { return each.kind == "left out"; });
  EXPECT_EQ(note->table + " " + note->id, "input_device_attachments 1");
  EXPECT_EQ(note->kept, R"({"attachment":{"id":"1","input_device_id":"1","vm_uuid":"v"},)"
                        R"("device":{"id":"1","bus":"usb","type":"joystick"}})");
}

TEST_F(DevicesTest, GetWhatLibvirtNeedsOfThem) {
  give("rng", {});
  give("tpm", {{"model_name", "tpm-crb"}});
  EXPECT_EQ(SourceFixture::made("devices/rng,devices/tpm"),
            "<rng model='virtio'>\n  <backend model='random'/>\n</rng>\n"
            "<tpm model='tpm-crb'>\n  <backend type='emulator'/>\n</tpm>\n");
  EXPECT_EQ(told("defaulted"),
            "devices/tpm/backend/@type: emulator\ndevices/rng/@model: virtio\ndevices/rng/backend/@model: random\n");
}

// Some values are valid only together with others. No table of fields can say this, so there is code for it.
TEST_F(DevicesTest, HaveValuesThatGoTogether) {
  struct Case {
    const char* element;
    test::Row row;
    const char* xml;
    const char* left_out;  // columns
  };
  const Case cases[] = {
      {"controller",
       {{"type", "usb"}, {"model_name", "qemu-xhci"}},
       "<controller type='usb' model='qemu-xhci' index='0'/>\n",
       ""},
      {"controller",
       {{"type", "usb"}, {"model_name", "virtio-scsi"}},
       "<controller type='usb' index='0'/>\n",
       "model_name"},
      {"smartcard", {{"type", "passthrough"}}, "", "!the VM has no SPICE screen"},
      {"smartcard", {{"type", "host"}}, "<smartcard mode='host'/>\n", ""},
      {"tpm",
       {{"backend_type", "emulator"}, {"backend_path", "/dev/tpm0"}},
       "<tpm>\n  <backend type='emulator'/>\n</tpm>\n",
       "backend_path"},
      {"tpm",
       {{"backend_type", "passthrough"}, {"backend_path", "/dev/tpm0"}},
       "<tpm>\n  <backend type='passthrough'>\n    <device path='/dev/tpm0'/>\n  </backend>\n</tpm>\n",
       ""},
      {"vsock", {{"guest_cid", "3"}}, "<vsock model='virtio'>\n  <cid address='3' auto='no'/>\n</vsock>\n", ""},
      {"vsock", {{"guest_cid", "4294967296"}}, "<vsock model='virtio'>\n  <cid auto='yes'/>\n</vsock>\n", "guest_cid"},
      {"vsock", {{"guest_cid", "2"}}, "<vsock model='virtio'>\n  <cid auto='yes'/>\n</vsock>\n", "guest_cid"},
      {"memballoon",
       {{"model_name", "none"}, {"config_json", R"({"autodeflate":true})"}},
       "<memballoon model='none'/>\n",
       "config_json"},
      {"memballoon",
       {{"model_name", "virtio"}, {"config_json", R"({"stats":{"period":5}})"}},
       "<memballoon model='virtio'>\n  <stats period='5'/>\n</memballoon>\n",
       ""},
      {"shmem",
       {{"name", "a"}, {"size_kib", "2048"}},
       "<shmem name='a'>\n  <size unit='KiB'>2048</size>\n  <model type='ivshmem-plain'/>\n</shmem>\n",
       ""},
      {"shmem",
       {{"name", "a"}, {"size_kib", "2049"}},
       "<shmem name='a'>\n  <model type='ivshmem-plain'/>\n</shmem>\n",
       "size_kib"},
      {"shmem", {{"name", ".."}}, "", "!no file can have its name"},
      {"video",
       {{"model_name", "virtio"}, {"accel3d", "1"}},
       "<video>\n  <model type='virtio'>\n    <acceleration accel3d='yes'/>\n  </model>\n</video>\n",
       ""},
      {"video", {{"model_name", "qxl"}, {"accel3d", "1"}}, "<video>\n  <model type='qxl'/>\n</video>\n", "accel3d"},
      {"video", {{"model_name", "none"}, {"heads", "2"}}, "<video>\n  <model type='none'/>\n</video>\n", "heads"},
      {"filesystem", {{"source_path", "/a"}}, "", "!without a valid target/@dir"},
      {"panic", {}, "<panic/>\n", ""},
  };
  const auto base = tables_;
  for (const Case& each : cases) {
    tables_ = base;
    give(each.element, each.row);
    EXPECT_EQ(made(each.element), each.xml);
    std::string left_out = each.left_out;
    if (left_out.starts_with('!'))
      left_out = "devices/" + std::string(each.element) + ": " + left_out.substr(1) + "\n";
    else if (!left_out.empty())
      left_out = "devices/" + std::string(each.element) + ": without a place or not valid: " + left_out + "\n";
    EXPECT_EQ(told("left out"), left_out) << each.xml;
  }
}

TEST_F(DevicesTest, HaveTheVideoCardsInTheOrderOfTheirMonitors) {
  for (const auto& [model, monitor] :
       {std::pair("qxl", "2"), std::pair("vga", "0"), std::pair("cirrus", "1"), std::pair("virtio", "3")}) {
    give("video", {{"model_name", model}, {"primary", "1"}});
    tables_["video_attachments"].back()["monitor_index"] = monitor;
  }
  EXPECT_EQ(made("video"),
            "<video>\n  <model type='vga' primary='yes'/>\n</video>\n<video>\n  <model type='qxl'/>\n</video>\n"
            "<video>\n  <model type='virtio'/>\n</video>\n");
  const auto note =
      std::find_if(notes_.begin(), notes_.end(), [](const Note& each) { return each.kind == "left out"; });
  EXPECT_EQ(note->detail, "libvirt takes only qxl and virtio as further video cards");
}

}  // namespace
}  // namespace virtsql::virtumancer
