#include "tests/core/virtumancer/fixture.h"

namespace virtsql::virtumancer {
namespace {

class HostDevicesTest : public test::SourceFixture {
 protected:
  void give_host_device(test::Row row) {
    const std::string id = std::to_string(tables_["host_devices"].size() + 1);
    row.emplace("id", id);
    add("host_devices", row);
    add_own("host_device_attachments", {{"id", id}, {"host_device_id", id}});
  }
  std::string source_of(const test::Row& row) {
    tables_["host_devices"].clear();
    tables_["host_device_attachments"].clear();
    give_host_device(row);
    return made("devices/hostdev/source");
  }

  const std::string pci_ = "<source>\n  <address domain='0x0000' bus='0x3b' slot='0x00' function='0x1'/>\n</source>\n";
  const std::string usb_ = "<source>\n  <vendor id='0x1d6b'/>\n  <product id='0x0002'/>\n</source>\n";
};

TEST_F(HostDevicesTest, OfPciHaveTheirAddress) {
  for (const char* address : {"0000:3b:00.1", "3b:00.1", "0x0000:0x3b:0x00.0x1", "0:3b:0.1", ":3b:00.1"})
    EXPECT_EQ(source_of({{"type", "pci"}, {"address", address}}), pci_) << address;
  EXPECT_TRUE(part("devices/hostdev").starts_with("<hostdev mode='subsystem' type='pci' managed='yes'>"));
  EXPECT_EQ(told("defaulted"), "devices/hostdev/@managed: yes\n");
  EXPECT_EQ(told("inferred"), "");
  EXPECT_EQ(source_of({{"address", "3b:00.1"}}), pci_);
  EXPECT_EQ(told("inferred"), "devices/hostdev/@type: pci, from the form of the address\n");
  for (const char* address : {"", "3b:00", "0000:3b:00.1.2", "3b:00.12", "3b:0g.1", "003b:00.1", "3b::1"}) {
    EXPECT_EQ(source_of({{"type", "pci"}, {"address", address}}), "") << address;
    EXPECT_EQ(told("left out"), "devices/hostdev: which device of the host it is, is not known\n") << address;
  }
}

TEST_F(HostDevicesTest, OfUsbHaveTheirIdsWhereverTheyAreSaid) {
  EXPECT_EQ(source_of({{"type", "usb"}, {"description", "Hub (1d6b:0002), root"}}), usb_);
  EXPECT_TRUE(told("inferred").starts_with("devices/hostdev/source: 1d6b:0002, from its description\n"));
  EXPECT_EQ(source_of({{"type", "usb"}, {"description", "Hub at 00:1d6b:00"}, {"address", "1d6b:0002"}}), usb_);
  for (const char* text : {"", "1d6b:002", "1d6b:00021", "01d6b:0002", "1d6b:0002:03", "1d6g:0002"})
    EXPECT_EQ(source_of({{"type", "usb"}, {"description", text}}), "") << text;
  // If the host's details say what the device is, nothing is guessed from its description.
  add("host_pc_idevices", {{"id", "d"}, {"host_device_id", "1"}, {"vendor_id", "0x1d6b"}, {"product_id", "0002"}});
  EXPECT_EQ(source_of({{"type", "usb"}, {"description", "aaaa:bbbb"}}), usb_);
  EXPECT_EQ(told("inferred").find("from its description"), std::string::npos);
  EXPECT_EQ(source_of({{"type", "pci"}, {"address", "3b:00.1"}}), pci_);
  EXPECT_EQ(told("left out"), "devices/hostdev: details of the host's device, which libvirt finds by its address\n");
}

TEST_F(HostDevicesTest, AreTakenOnce) {
  give_host_device({{"type", "pci"}, {"address", "3b:00.1"}});
  give_host_device({{"type", "pci"}, {"address", "0000:3b:00.1"}});
  add_own("host_device_attachments", {{"id", "9"}, {"host_device_id", "9"}});
  EXPECT_EQ(made("devices/hostdev/source"), pci_);
  EXPECT_EQ(told("left out"),
            "devices/hostdev: the VM has the same device already\n"
            "devices/hostdev: host_devices has no row 9, or it is deleted\n");
}

}  // namespace
}  // namespace virtsql::virtumancer
