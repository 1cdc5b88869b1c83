// Arguments of QEMU's own.
#include "tests/core/virtumancer/fixture.h"

namespace virtsql::virtumancer {
namespace {

using ArgumentsTest = test::SourceFixture;

TEST_F(ArgumentsTest, StandInTheirOrder) {
  add("qemu_args", {{"owner_type", "vm"}, {"owner_id", "v"}, {"key", "device"}, {"value", "edu"}});
  add("qemu_args", {{"owner_type", "vm"}, {"owner_id", "v"}, {"key", "-S"}});
  add("qemu_args", {{"owner_type", "vm"}, {"owner_id", "another"}, {"key", "no"}});
  add("qemu_args", {{"owner_type", "disk"}, {"owner_id", "v"}, {"key", "no"}});
  add("qemu_args", {{"id", "5"}, {"owner_type", "vm"}, {"owner_id", "v"}});
  add("vendor_options", {{"owner_type", "domain"},
                         {"owner_id", "v"},
                         {"namespace", "qemu"},
                         {"key", "args"},
                         {"value_json", R"(["-a","b"])"}});
  add("vendor_options",
      {{"owner_type", "domain"}, {"owner_id", "v"}, {"namespace", "xen"}, {"key", "args"}, {"value_json", "[]"}});
  EXPECT_EQ(made("qemu:commandline/qemu:arg"),
            "<qemu:arg value='-device'/>\n<qemu:arg value='edu'/>\n<qemu:arg value='-S'/>\n<qemu:arg value='-a'/>\n"
            "<qemu:arg value='b'/>\n");
  EXPECT_NE(xml_.find("xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'"), std::string::npos);
  EXPECT_EQ(told("left out"), "qemu:commandline: no argument\nvendor_options: an option of xen\n");
}

}  // namespace
}  // namespace virtsql::virtumancer
