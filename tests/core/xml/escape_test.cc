#include "core/xml/escape.h"

#include <gtest/gtest.h>

#include "core/xml/error.h"

namespace virtsql::xml {
namespace {

constexpr std::string_view kSpecial = "&<>\"'\r\n\t\xC3\xA9";

TEST(Escape, IsLibvirts) {
  std::string text, attribute, raw;
  append_escaped(text, kSpecial, false);
  EXPECT_EQ(text, "&amp;&lt;&gt;&quot;&apos;&#13;\n\t\xC3\xA9");
  append_escaped(attribute, kSpecial, true);
  EXPECT_EQ(attribute, "&amp;&lt;&gt;&quot;&apos;&#13;&#10;&#9;\xC3\xA9");
  append_escaped(raw, "'<\"", false, true);
  EXPECT_EQ(raw, "'&lt;\"");
}

TEST(Escape, IsLibxml2s) {
  std::string text, attribute;
  append_libxml_escaped(text, kSpecial, false);
  EXPECT_EQ(text, "&amp;&lt;&gt;\"'&#13;\n\t\xC3\xA9");
  append_libxml_escaped(attribute, kSpecial, true);
  EXPECT_EQ(attribute, "&amp;&lt;&gt;&quot;'&#13;&#10;&#9;&#xE9;");
}

TEST(Escape, RefusesWhatNoXmlCanHave) {
  std::string out;
  EXPECT_THROW(append_escaped(out, "\x01", false), Error);
  EXPECT_THROW(append_libxml_escaped(out, "\xC3", true), Error);
}

}  // namespace
}  // namespace virtsql::xml
