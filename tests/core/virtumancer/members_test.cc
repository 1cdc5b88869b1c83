// What the members of JSON columns mean is a table: each place in it is one that libvirt has.
#include "core/virtumancer/members.h"

#include <set>

#include "tests/core/virtumancer/places.h"

namespace virtsql::virtumancer {
namespace {

using MembersTest = test::Places;

TEST_F(MembersTest, NamePlacesThatLibvirtHas) {
  are_known("devices/disk", kAddressFields);
  are_known("devices/disk", kDriverFields);
  are_known("devices/disk", kIoTuneFields);
  are_known("cpu", kTopologyFields);
  are_known("clock/timer", kTimerFields);
  are_known("devices/serial", kChardevFields);
  are_known("devices/interface", kVirtualPortFields);
  are_known("memoryBacking/hugepages/page", kHugePageFields);
}

// A member that two fields name would be taken by the first alone.
TEST_F(MembersTest, AreNamedOnce) {
  for (const auto* fields : {&kAddressFields, &kDriverFields, &kIoTuneFields, &kTopologyFields, &kTimerFields,
                             &kChardevFields, &kVirtualPortFields, &kHugePageFields}) {
    std::set<std::string> columns;
    std::set<std::string> places;
    for (const Field& field : *fields) {
      for_each_part(field.columns, '|', [&](std::string_view column) {
        EXPECT_TRUE(columns.insert(std::string(column)).second) << column;
      });
      EXPECT_TRUE(places.insert(std::string(field.path)).second) << field.path;
    }
  }
}

}  // namespace
}  // namespace virtsql::virtumancer
