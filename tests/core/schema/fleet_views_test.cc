#include "core/schema/fleet_views.h"

#include <gtest/gtest.h>

#include <set>

#include "core/schema/everyday.h"

namespace virtsql {
namespace {

TEST(FleetViews, AreAllThatAHostHas) {
  std::set<std::string> names;
  for (const FleetView& view : fleet_views(Catalog::standard())) {
    EXPECT_TRUE(names.insert(view.name).second) << view.name;
    EXPECT_FALSE(view.doc.empty()) << view.name;
    EXPECT_TRUE(view.sql.starts_with("CREATE VIEW virtsql.\"" + view.name + "\"")) << view.sql.substr(0, 80);
  }
  for (const Described& view : everyday_views()) EXPECT_TRUE(names.contains(view.name)) << view.name;
  EXPECT_TRUE(names.contains("vm_disks"));
}

// Only the two views through which all others find VMs read current_virtual_machines, so that each VM is there once.
TEST(FleetViews, AreOfCurrentVms) {
  for (const FleetView& view : fleet_views(Catalog::standard()))
    EXPECT_EQ(view.sql.find("current_virtual_machines") != std::string::npos,
              view.name == "vms" || view.name == "defined_vms")
        << view.name;
}

}  // namespace
}  // namespace virtsql
