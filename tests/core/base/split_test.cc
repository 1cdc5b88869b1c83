#include "core/base/split.h"

#include <gtest/gtest.h>

namespace virtsql {
namespace {

TEST(Split, GivesTheEmptyPartsToo) {
  EXPECT_EQ(split("a,,b,", ','), (std::vector<std::string_view>{"a", "", "b", ""}));
  EXPECT_EQ(split("", ','), std::vector<std::string_view>{""});
}

}  // namespace
}  // namespace virtsql
