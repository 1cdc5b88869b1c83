// What the columns of tables that are no devices mean is a table: each place in it is one that libvirt has.
#include "core/virtumancer/section_kinds.h"

#include <algorithm>

#include "core/virtumancer/domain.h"
#include "tests/core/virtumancer/places.h"

namespace virtsql::virtumancer {
namespace {

using SectionKindsTest = test::Places;

TEST_F(SectionKindsTest, NamePlacesThatLibvirtHas) {
  for (const Section& section : sections()) are_known(section.path, section.fields);
}

TEST_F(SectionKindsTest, CanHaveWhatTheyRequire) {
  for (const Section& section : sections()) {
    if (section.required.empty()) continue;
    EXPECT_TRUE(std::any_of(section.fields.begin(), section.fields.end(),
                            [&](const Field& field) { return field.path == section.required; }))
        << section.table << ": " << section.required;
  }
}

// A report says of every table whether it was read.
TEST_F(SectionKindsTest, AreOfTablesThatAreRead) {
  for (const Section& section : sections()) EXPECT_TRUE(is_read(section.table)) << section.table;
}

}  // namespace
}  // namespace virtsql::virtumancer
