#include "core/spool/kinds.h"

#include <gtest/gtest.h>

#include <set>

namespace virtsql {
namespace {

TEST(Kinds, HaveRootElementsOfTheirOwn) {
  std::set<std::string_view> roots;
  for (const KindRoot& each : kKindRoots) {
    EXPECT_TRUE(roots.insert(each.root).second) << each.root;
    EXPECT_EQ(kind_of_root(each.root), each.kind);
    EXPECT_EQ(kind_of_root(root_of_kind(each.kind)), each.kind);
  }
}

TEST(Kinds, HaveAUsualRootElement) {
  EXPECT_EQ(root_of_kind(kinds::kDomain), "domain");
  EXPECT_EQ(root_of_kind(kinds::kNodeDevice), "device");
  EXPECT_EQ(root_of_kind(kinds::kOther), "");
  EXPECT_EQ(kind_of_root("anything"), kinds::kOther);
}

}  // namespace
}  // namespace virtsql
