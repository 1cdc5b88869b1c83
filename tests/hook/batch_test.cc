#include "hook/fleet/batch.h"

#include <gtest/gtest.h>

namespace virtsql {
namespace {

TEST(PartKey, CoversTheIdsOfItsPart) {
  EXPECT_EQ((PartKey{"disks", 0}.first()), 0);
  EXPECT_EQ((PartKey{"disks", 0}.last()), kPartSize - 1);
  EXPECT_EQ((PartKey{"disks", 3}.first()), 3 * kPartSize);
}

TEST(PartKey, ReachesTheGreatestId) {
  constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ((PartKey{"disks", kGreatest / kPartSize}.last()), kGreatest);
}

}  // namespace
}  // namespace virtsql
