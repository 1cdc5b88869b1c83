#include "core/xml/characters.h"

#include <gtest/gtest.h>

#include <string>

namespace virtsql::xml {
namespace {

TEST(XmlCharacters, AreReadByUtf8sStrictRules) {
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

TEST(XmlCharacters, ThatNoXmlCanHaveAreNamed) {
  const auto error = [](std::string_view text) -> std::string {
    try {
      check_text(text);
    } catch (const Error& caught) {
      return caught.what();
    }
    return "";
  };
  EXPECT_EQ(error("a\t\r\n\x7F\xC3\xA9"), "");
  EXPECT_EQ(error("a\x01"), "XML cannot have the character U+0001");
  EXPECT_EQ(error("\xEF\xBF\xBE"), "XML cannot have the character U+FFFE");
  EXPECT_EQ(error("\xED\xA0\x80"), "XML cannot have the character U+D800");  // a surrogate
  EXPECT_EQ(error("ab\xFF"), "the byte 0xFF is no UTF-8");
}

TEST(XmlNames, AreThoseOfXml) {
  for (const char* good : {"a", "_", ":", "qemu:arg", "a-1.b", "\xC3\xA9t\xC3\xA9", "a\xC2\xB7"})
    EXPECT_TRUE(is_name(good)) << good;
  for (const char* bad : {"", "1a", "-a", ".a", "a b", "a'",
                          "\xC2\xB7"
                          "a",
                          "a\xC3", "\xC3\x97"})
    EXPECT_FALSE(is_name(bad)) << bad;
}

}  // namespace
}  // namespace virtsql::xml
