#include "core/rows/difference.h"

#include <gtest/gtest.h>

namespace virtsql {
namespace {

using Change = Difference::Change;

TEST(Difference, IsNamedAfterItsChange) {
  EXPECT_EQ(change_name(Change::kAdded), "added");
  EXPECT_EQ(change_name(Change::kRemoved), "removed");
  EXPECT_EQ(change_name(Change::kChanged), "changed");
  EXPECT_EQ(change_name(Change::kMoved), "moved");
}

TEST(Difference, SaysAsJsonWhatThereIs) {
  const Difference of_no_device{Change::kChanged, "", "", "/domain/@type", "a \"b\"", "", true, true};
  const Difference added{Change::kAdded, "disk", "vda", "/domain/devices/disk", "", "<disk/>\n", false, true};
  const Difference removed{Change::kRemoved, "rng", "", "/domain/devices/rng", "<rng/>", "", true, false};
  EXPECT_EQ(to_json({}), "[]");
  // An empty value is a value, and not left out.
  EXPECT_EQ(to_json({of_no_device}), R"([{"change":"changed","path":"/domain/@type","old":"a \"b\"","new":""}])");
  EXPECT_EQ(to_json({added, removed}),
            R"([{"change":"added","device":"disk","key":"vda","path":"/domain/devices/disk","new":"<disk/>\n"},)"
            R"({"change":"removed","device":"rng","path":"/domain/devices/rng","old":"<rng/>"}])");
}

TEST(Difference, OfAWholeDocumentIsItsRoot) {
  EXPECT_EQ(to_json({whole_document(Change::kAdded, "network")}), R"([{"change":"added","path":"/network"}])");
  EXPECT_EQ(to_json({undefined_difference()}), R"([{"change":"removed","path":"/domain"}])");
}

}  // namespace
}  // namespace virtsql
