#include "core/base/utf8.h"

#include <gtest/gtest.h>

#include <string_view>

namespace virtsql {
namespace {

TEST(Utf8, IsReadByItsStrictRules) {
  const auto length = [](std::string_view text) { return character_at(text, 0).length; };
  EXPECT_EQ(length("a"), 1U);
  EXPECT_EQ(length("\xC3\xA9"), 2U);
  EXPECT_EQ(character_at("x\xC3\xA9", 1).code, 0xE9U);
  EXPECT_EQ(length("\xE2\x82\xAC"), 3U);
  EXPECT_EQ(length("\xF0\x9F\x98\x80"), 4U);
  EXPECT_EQ(length("\xF4\x8F\xBF\xBF"), 4U);  // U+10FFFF
  // overlong, cut off, a continuation byte alone, beyond U+10FFFF
  for (const char* bad : {"\xC0\x80", "\xE0\x80\xA0", "\xF0\x80\x80\x80", "\xC3", "\xC3x", "\x80", "\xF4\x90\x80\x80"})
    EXPECT_EQ(length(bad), 0U) << bad;
}

TEST(Utf8, HasNoSurrogates) {
  EXPECT_EQ(character_at("\xED\xA0\x80", 0).code, 0xD800U);
  for (const char* bad : {"\xED\xA0\x80", "\xED\xBF\xBF", "a\xFF", "\xC3"}) EXPECT_FALSE(is_utf8(bad)) << bad;
  for (const char* good : {"", "a", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF"}) EXPECT_TRUE(is_utf8(good)) << good;
}

}  // namespace
}  // namespace virtsql
