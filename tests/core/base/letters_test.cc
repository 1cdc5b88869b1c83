#include "core/base/letters.h"

#include <gtest/gtest.h>

#include <cctype>

namespace virtsql {
namespace {

TEST(LowerCase, ChangesTheLettersOfAsciiAlone) {
  EXPECT_EQ(lower_case("AZaz @[`{ 09"), "azaz @[`{ 09");
  EXPECT_EQ(lower_case("\xC3\x84rger"), "\xC3\x84rger");
  EXPECT_EQ(lower_case(""), "");
}

TEST(SameWithoutCase, ComparesWholeTexts) {
  EXPECT_TRUE(same_without_case("Domain_ID", "dOMAIN_id"));
  EXPECT_FALSE(same_without_case("domain", "domains"));
  EXPECT_FALSE(same_without_case("[", "{"));
}

TEST(Letters, AreAsciis) {
  for (int i = 0; i < 256; ++i) {
    const char c = static_cast<char>(i);
    EXPECT_EQ(is_letter(c), i < 128 && std::isalpha(i) != 0) << i;
    EXPECT_EQ(is_digit(c), i >= '0' && i <= '9') << i;
    EXPECT_EQ(is_hex_digit(c), i < 128 && std::isxdigit(i) != 0) << i;
    EXPECT_EQ(is_white(c), i < 128 && std::isspace(i) != 0) << i;
  }
}

}  // namespace
}  // namespace virtsql
