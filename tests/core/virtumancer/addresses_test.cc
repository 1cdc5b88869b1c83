#include "core/virtumancer/addresses.h"

#include "tests/core/virtumancer/fixture.h"

namespace virtsql::virtumancer {
namespace {

class AddressesTest : public test::SourceFixture {
 protected:
  // Returns the <address> of an input device on the bus, with this address_json.
  std::string address_of(const std::string& json, const std::string& bus = "virtio") {
    tables_["input_devices"].clear();
    tables_["input_device_attachments"].clear();
    give("input", {{"type", "tablet"}, {"bus", bus}, {"address_json", json}});
    return made("devices/input/address");
  }
  // Returns the <address> of a disk of the name with this address_json.
  std::string address_of_disk(const std::string& name, const std::string& json) {
    tables_["disks"] = {{{"id", "d"}, {"path", "/d"}}};
    tables_["disk_attachments"] = {
        {{"id", "a"}, {"vm_uuid", "v"}, {"disk_id", "d"}, {"device_name", name}, {"address_json", json}}};
    return made("devices/disk/address");
  }
};

TEST_F(AddressesTest, AreSpelledAsLibvirtDoes) {
  EXPECT_EQ(address_of(R"({"type":"pci","domain":"0x0000","bus":"0x00","slot":"0x03","function":"0x0"})"),
            "<address type='pci' domain='0x0000' bus='0x00' slot='0x03' function='0x0'/>\n");
  EXPECT_EQ(address_of(R"({"type":"pci","slot":30})"),
            "<address type='pci' slot='0x1e' domain='0x0000' bus='0x00' function='0x0'/>\n");
  EXPECT_EQ(address_of_disk("sda", R"({"type":"drive","controller":"0","bus":"0","target":0,"unit":"1"})"),
            "<address type='drive' controller='0' bus='0' target='0' unit='1'/>\n");
  EXPECT_EQ(address_of(R"({"type":"usb","bus":"0","port":"1"})", "usb"), "<address type='usb' bus='0' port='1'/>\n");
  EXPECT_EQ(told("left out"), "");
}

TEST_F(AddressesTest, AreLeftToLibvirtIfTheyCannotBe) {
  for (const char* json :
       {R"({"type":"pci"})", R"({"type":"pci","slot":"0x00"})", R"({"type":"pci","slot":"0x20"})",
        R"({"type":"pci","slot":"0x01","function":"0x8"})", R"({"type":"pci","slot":"0x01","domain":"0x10000"})",
        R"({"type":"pci","slot":"0x01","bus":"0x01"})", R"({"type":"pci","slot":"0x01","unit":"0"})",
        R"({"type":"drive","bus":"0"})", R"({"type":"drive","unit":"0","port":"1"})", R"({"type":"usb","bus":"0"})",
        R"({"type":"usb","port":"1","unit":"0"})", R"({"type":"isa","port":"1"})", R"({"slot":"0x01"})", "broken"}) {
    EXPECT_EQ(address_of(json), "") << json;
    EXPECT_EQ(told("left out"), "devices/input: without a place or not valid: address_json\n") << json;
  }
  for (const char* nothing : {"null", "{}", ""}) {
    EXPECT_EQ(address_of(nothing), "") << nothing;
    EXPECT_EQ(told("left out"), "") << nothing;
  }
}

TEST_F(AddressesTest, AreThoseOfTheDevicesBus) {
  const std::string pci = R"({"type":"pci","slot":"0x05"})";
  const std::string usb = R"({"type":"usb","bus":"0","port":"1"})";
  for (const auto& [bus, json] : {std::pair("usb", pci), std::pair("virtio", usb), std::pair("ps2", pci)})
    EXPECT_EQ(address_of(json, bus), "") << bus;
  const std::string drive = R"({"type":"drive","unit":"0"})";
  for (const auto& [name, json] : {std::pair("vda", drive), std::pair("sda", pci), std::pair("hda", usb)})
    EXPECT_EQ(address_of_disk(name, json), "") << name;
  EXPECT_NE(address_of_disk("vda", pci), "");
  // A hub's port, a bus that no controller has, another PCI domain.
  EXPECT_EQ(address_of(R"({"type":"usb","bus":"0","port":"1.2"})", "usb"), "");
  EXPECT_EQ(address_of(R"({"type":"usb","bus":"1","port":"1"})", "usb"), "");
  EXPECT_EQ(address_of(R"({"type":"pci","domain":"0x0001","slot":"0x05"})"), "");
}

TEST_F(AddressesTest, AreOfAControllerThatHasTheUnit) {
  EXPECT_NE(address_of_disk("hda", R"({"type":"drive","bus":"1","unit":"1"})"), "");
  for (const char* json : {R"({"type":"drive","controller":"1","unit":"0"})",
                           R"({"type":"drive","bus":"2","unit":"0"})", R"({"type":"drive","unit":"2"})"})
    EXPECT_EQ(address_of_disk("hda", json), "") << json;
  EXPECT_EQ(address_of_disk("sda", R"({"type":"drive","unit":"6"})"), "");
  EXPECT_EQ(address_of_disk("fda", R"({"type":"drive","controller":"1","unit":"0"})"), "");
}

TEST_F(AddressesTest, AreOnABusThatIsThere) {
  give("controller", {{"type", "pci"}, {"index", "1"}, {"model_name", "pcie-root-port"}});
  EXPECT_EQ(address_of(R"({"type":"pci","bus":"0x01","slot":"0x00"})"),
            "<address type='pci' bus='0x01' slot='0x00' domain='0x0000' function='0x0'/>\n");
  EXPECT_EQ(address_of(R"({"type":"pci","bus":"0x02","slot":"0x00"})"), "");
  EXPECT_EQ(address_of(R"({"type":"pci","bus":"0x01","slot":"0x01"})"), "");  // a port has one slot
}

TEST_F(AddressesTest, AreOneDevicesEach) {
  for (int i = 0; i < 2; ++i)
    give("input", {{"type", "mouse"}, {"bus", "usb"}, {"address_json", R"({"type":"usb","port":"1"})"}});
  EXPECT_EQ(
      made("devices/input"),
      "<input type='mouse' bus='usb'>\n  <address type='usb' port='1'/>\n</input>\n<input type='mouse' bus='usb'/>\n");
  EXPECT_EQ(told("left out"), "devices/input: without a place or not valid: address_json\n");
}

TEST_F(AddressesTest, StandBesideTheNameThatAUserGave) {
  give("input", {{"type", "mouse"}});
  const auto alias = [&](const char* type, const char* id, const char* name) {
    add_own("device_aliases", {{"device_type", type}, {"device_id", id}, {"alias_name", name}});
  };
  alias("input_device", "1", "input0");    // libvirt makes it anew at each start
  alias("input_device", "1", "ua-a b");    // libvirt does not accept this name
  alias("sound_card", "1", "ua-sound");    // of a device of another kind
  alias("input_device", "2", "ua-other");  // of another input device
  alias("input_device", "1", "ua-mine");
  alias("input_device", "1", "ua-second");
  EXPECT_EQ(made("devices/input"), "<input type='mouse'>\n  <alias name='ua-mine'/>\n</input>\n");
  std::string lost;
  for (int i = 0; i < 5; ++i) lost += "devices: an alias that is given anew at each start, or of no device\n";
  EXPECT_EQ(told("left out"), lost);
}

TEST(HostAddresses, OfPciAreReadHoweverTheyAreSpelled) {
  const auto spelled = [](std::string_view text) {
    const std::optional<Tag> address = pci_address(text);
    return address ? address->xml() : "";
  };
  const std::string address = "<address domain='0x0000' bus='0x1f' slot='0x02' function='0x1'/>\n";
  for (const char* text : {"0000:1f:02.1", "1f:02.1", "0x0:0x1f:0x2.0x1", ":1f:2.1"})
    EXPECT_EQ(spelled(text), address) << text;
  for (const char* text : {"", "1f", "1f:02", "0000:1f:02.1.0", "0000:1g:02.1", "0000:1f:02.12", "0000::02.1"})
    EXPECT_EQ(spelled(text), "") << text;
}

}  // namespace
}  // namespace virtsql::virtumancer
