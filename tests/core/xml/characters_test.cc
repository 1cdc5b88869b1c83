#include "core/xml/characters.h"

#include <gtest/gtest.h>

#include <string>

namespace virtsql::xml {
namespace {

TEST(XmlCharacters, ThatNoXmlCanHaveAreNamed) {
  const auto error = [](std::string_view text) -> std::string {
    try {
      check_text(text);
    } catch (const Error& caught) {
      EXPECT_FALSE(is_text(text)) << text;
      return caught.what();
    }
    EXPECT_TRUE(is_text(text)) << text;
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
