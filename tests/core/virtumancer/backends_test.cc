#include "tests/core/virtumancer/fixture.h"

namespace virtsql::virtumancer {
namespace {

class BackendsTest : public test::SourceFixture {
 protected:
  // Returns the VM's only serial port or channel, made of this type and config_json.
  std::string made(const std::string& element, const std::string& type, const std::string& config = "") {
    for (const char* table :
         {"serial_devices", "serial_device_attachments", "channel_devices", "channel_device_attachments"})
      tables_[table].clear();
    give(element, {{"type", type}, {"config_json", config}});
    return SourceFixture::made("devices/" + element);
  }
};

TEST_F(BackendsTest, HaveWhatTheyNeed) {
  EXPECT_EQ(made("serial", "pty"), "<serial type='pty'/>\n");
  EXPECT_EQ(made("serial", "file", R"({"path":"/log"})"), "<serial type='file'>\n  <source path='/log'/>\n</serial>\n");
  EXPECT_EQ(made("serial", "unix", R"({"source":{"path":"/s"}})"),
            "<serial type='unix'>\n  <source path='/s' mode='bind'/>\n</serial>\n");
  EXPECT_EQ(made("serial", "tcp", R"({"host":"::1","service":"23"})"), made("serial", "pty"));  // no valid host name
  EXPECT_EQ(
      made("serial", "tcp", R"({"host":"h","service":"23"})"),
      "<serial type='tcp'>\n  <source host='h' service='23' mode='bind'/>\n  <protocol type='raw'/>\n</serial>\n");
  EXPECT_EQ(made("serial", "udp", R"({"host":"h","port":"23"})"),
            "<serial type='udp'>\n  <source host='h' service='23' mode='connect'/>\n</serial>\n");
  add_own("consoles", {{"id", "c"}, {"type", "spice"}, {"port", "5900"}});
  EXPECT_EQ(made("channel", "spicevmc"), "<channel type='spicevmc'>\n  <target type='virtio'/>\n</channel>\n");
  EXPECT_EQ(made("channel", "unix"), "<channel type='unix'>\n  <target type='virtio'/>\n</channel>\n");
  EXPECT_EQ(told("left out") + told("defaulted"), "");
}

TEST_F(BackendsTest, AreReplacedIfTheyLackIt) {
  EXPECT_EQ(made("serial", "file"), "<serial type='pty'/>\n");
  EXPECT_EQ(told("defaulted"), "devices/serial/@type: pty, as file does not go without what virtumancer has not got\n");
  EXPECT_EQ(told("left out"), "devices/serial: without a place or not valid: type\n");
  EXPECT_EQ(made("serial", "udp", R"({"host":"h","port":"23","mode":"bind"})"), "<serial type='pty'/>\n");
  EXPECT_EQ(made("serial", "spicevmc"), "<serial type='pty'/>\n");  // only channels have this type
  EXPECT_EQ(made("channel", "tcp", R"({"host":"h"})"),
            "<channel type='unix'>\n  <target type='virtio'/>\n</channel>\n");
  EXPECT_EQ(told("left out"), "devices/channel: without a place or not valid: config_json, type\n");
}

TEST_F(BackendsTest, LoseWhatTheyCannotHave) {
  EXPECT_EQ(made("serial", "pty", R"({"host":"h"})"), "<serial type='pty'/>\n");
  EXPECT_EQ(told("left out"), "devices/serial: without a place or not valid: config_json\n");
  EXPECT_EQ(made("serial", "pty", R"({"target_type":"virtio"})"), "<serial type='pty'/>\n");  // only for channels
  EXPECT_EQ(made("channel", "unix", R"({"target_type":"isa-serial"})"),
            "<channel type='unix'>\n  <target type='virtio'/>\n</channel>\n");
  EXPECT_EQ(told("left out"), "devices/channel: without a place or not valid: config_json\n");
  EXPECT_EQ(made("channel", "unix", R"({"mode":"bind"})"),
            "<channel type='unix'>\n  <target type='virtio'/>\n</channel>\n");
}

}  // namespace
}  // namespace virtsql::virtumancer
