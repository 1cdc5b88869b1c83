#include "core/base/lines.h"

#include <gtest/gtest.h>

#include <string_view>
#include <vector>

namespace virtsql {
namespace {

TEST(Lines, AreThoseOfTheText) {
  using Lines = std::vector<std::string_view>;
  EXPECT_EQ(lines_of(""), Lines());
  EXPECT_EQ(lines_of("a\n"), Lines{"a"});
  EXPECT_EQ(lines_of("a\n\nb"), (Lines{"a", "", "b"}));
}

}  // namespace
}  // namespace virtsql
