#include "core/base/number.h"

#include <gtest/gtest.h>

namespace virtsql {
namespace {

TEST(WholeNumber, IsReadInEverySpelling) {
  EXPECT_EQ(whole_number("0"), 0U);
  EXPECT_EQ(whole_number("007"), 7U);
  EXPECT_EQ(whole_number("0x1F"), 31U);
  EXPECT_EQ(whole_number("0Xff"), 255U);
  EXPECT_EQ(whole_number("18446744073709551615"), UINT64_MAX);
}

TEST(WholeNumber, WithoutA0xIsReadInTheBaseThatIsAskedFor) {
  EXPECT_EQ(whole_number("010"), 10U);
  EXPECT_EQ(whole_number("010", Digits::kAsInC), 8U);
  EXPECT_EQ(whole_number("10", Digits::kAsInC), 10U);
  EXPECT_EQ(whole_number("0", Digits::kAsInC), 0U);
  EXPECT_EQ(whole_number("010", Digits::kHexadecimal), 16U);
  EXPECT_EQ(whole_number("3f8", Digits::kHexadecimal), 0x3f8U);
  for (const Digits digits : {Digits::kDecimal, Digits::kAsInC, Digits::kHexadecimal})
    EXPECT_EQ(whole_number("0x10", digits), 16U);
  EXPECT_FALSE(whole_number("08", Digits::kAsInC));
  EXPECT_FALSE(whole_number("3f8", Digits::kAsInC));
  EXPECT_FALSE(whole_number("0x", Digits::kHexadecimal));
}

TEST(WholeNumber, IsNothingElse) {
  for (const char* text :
       {"", "0x", "-1", "+1", " 1", "1 ", "1.0", "ten", "0xg", "18446744073709551616", "0x10000000000000000"})
    EXPECT_FALSE(whole_number(text)) << text;
}

TEST(OctalNumber, IsReadWithAndWithoutA0) {
  EXPECT_EQ(octal_number("0644"), 0644U);
  EXPECT_EQ(octal_number("644"), 0644U);
  for (const char* text : {"", "8", "0o7", "0x1", "-1", " 7"}) EXPECT_FALSE(octal_number(text)) << text;
}

}  // namespace
}  // namespace virtsql
