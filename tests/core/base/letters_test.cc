#include "core/base/letters.h"

#include <gtest/gtest.h>

namespace virtsql {
namespace {

TEST(LowerCase, ChangesTheLettersOfAsciiAlone) {
  EXPECT_EQ(lower_case("AZaz @[`{ 09"), "azaz @[`{ 09");
  EXPECT_EQ(lower_case("\xC3\x84rger"), "\xC3\x84rger");
  EXPECT_EQ(lower_case(""), "");
}

}  // namespace
}  // namespace virtsql
