#include "core/base/version.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace virtsql {
namespace {

TEST(VersionTest, EveryVersionHasItsPlace) {
  const std::vector<std::string> rising = {"",      "0.0.9",      "0.1", "0.1.0+1.gabc", "0.1.0+9", "0.1.0+10.g0",
                                           "0.1.1", "0.1.1+2.g9", "0.2", "0.10.0+1.g1",  "1.0",     "10"};
  for (std::size_t i = 0; i < rising.size(); ++i)
    for (std::size_t j = 0; j < rising.size(); ++j)
      EXPECT_EQ(compare_versions(rising[i], rising[j]), std::weak_ordering(i <=> j))
          << rising[i] << " and " << rising[j];
}

TEST(VersionTest, WhichCommitDoesNotCount) {
  EXPECT_EQ(compare_versions("0.1.0+7.gaaa", "0.1.0+7.gbbb"), std::weak_ordering::equivalent);
  EXPECT_EQ(compare_versions("0.1", "0.1.0"), std::weak_ordering::equivalent);
  EXPECT_EQ(compare_versions("0.1.0", "0.1.0+0"), std::weak_ordering::equivalent);
}

TEST(VersionTest, AnyTextHasAPlace) {
  EXPECT_TRUE(std::is_lt(compare_versions("nonsense", "0.0.1")));
  EXPECT_TRUE(std::is_lt(compare_versions("1.x", "1.1")));
  EXPECT_TRUE(std::is_gt(compare_versions(program_version(), "")));
}

}  // namespace
}  // namespace virtsql
