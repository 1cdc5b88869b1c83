#include "tests/core/virtumancer/fixture.h"

namespace virtsql::virtumancer {
namespace {

class ConsolesTest : public test::SourceFixture {
 protected:
  std::string made(const test::Row& row) {
    tables_["consoles"].clear();
    add_own("consoles", row);
    return SourceFixture::made("devices/console,devices/graphics");
  }
};

TEST_F(ConsolesTest, AreTextConsolesOrScreens) {
  EXPECT_EQ(made({{"type", "pty"}, {"model_name", "pty"}, {"port", "0"}}), "<console type='pty'/>\n");
  EXPECT_EQ(made({{"type", "vnc"}, {"model_name", "vnc"}, {"port", "0"}, {"tls_port", "0"}}),
            "<graphics type='vnc' autoport='yes'/>\n");
  EXPECT_EQ(told("defaulted"), "devices/graphics/@autoport: yes\n");
  EXPECT_EQ(made({{"type", "vnc"}, {"port", "5901"}, {"listen_address", "127.0.0.1"}}),
            "<graphics type='vnc' listen='127.0.0.1' port='5901' autoport='no'>\n"
            "  <listen type='address' address='127.0.0.1'/>\n</graphics>\n");
  EXPECT_EQ(made({{"type", "spice"}, {"tls_port", "5902"}}), "<graphics type='spice' tlsPort='5902' autoport='no'/>\n");
  EXPECT_EQ(made({{"type", "sdl"}}), "<graphics type='sdl'/>\n");
  EXPECT_EQ(told("left out") + told("defaulted"), "");
}

TEST_F(ConsolesTest, TellWhatTheyCannotHave) {
  EXPECT_EQ(made({{"type", "vnc"}, {"port", "65536"}, {"tls_port", "5902"}, {"listen_address", "a host"}}),
            "<graphics type='vnc' autoport='yes'/>\n");
  EXPECT_EQ(told("left out"), "devices/graphics: without a place or not valid: listen_address, port, tls_port\n");
  EXPECT_EQ(made({{"type", "holo"}}), "");
  EXPECT_EQ(told("left out"), "devices/graphics: a console of a type that is not known\n");
}

TEST_F(ConsolesTest, AreOneOfAType) {
  for (const char* port : {"5901", "5902"}) add_own("consoles", {{"type", "vnc"}, {"port", port}});
  add_own("consoles", {{"type", "spice"}, {"port", "5903"}});
  EXPECT_EQ(SourceFixture::made("devices/graphics"),
            "<graphics type='vnc' port='5901' autoport='no'/>\n<graphics type='spice' port='5903' autoport='no'/>\n");
  EXPECT_EQ(told("left out"), "devices/graphics: the VM has one of the type already, and libvirt takes one\n");
}

// The oldest databases have a screen and its video card in one row.
TEST_F(ConsolesTest, OfTheOldestDatabasesHaveTheirVideoCard) {
  add("graphics_devices", {{"id", "1"}, {"type", "spice"}, {"model_name", "qxl"}, {"v_ram_ki_b", "65536"}});
  add("graphics_device_attachments", {{"id", "1"}, {"vm_id", "v"}, {"graphics_device_id", "1"}});
  add("graphics_device_attachments", {{"id", "2"}, {"vm_id", "v"}, {"graphics_device_id", "2"}});
  EXPECT_EQ(SourceFixture::made("devices/graphics,devices/video"),
            "<graphics type='spice' autoport='yes'/>\n<video>\n  <model type='qxl' vram='65536'/>\n</video>\n");
  EXPECT_EQ(told("left out"), "devices/graphics: graphics_devices has no row 2, or it is deleted\n");
  tables_["graphics_devices"].front()["model_name"] = "spice";  // not the model of a video card
  EXPECT_EQ(SourceFixture::made("devices/video"), "<video>\n  <model type='vga' heads='1' primary='yes'/>\n</video>\n");
}

}  // namespace
}  // namespace virtsql::virtumancer
