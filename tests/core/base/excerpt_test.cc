#include "core/base/excerpt.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace virtsql {
namespace {

TEST(Excerpt, EndsBetweenCharacters) {
  const std::string most(79, 'a');
  EXPECT_EQ(excerpt(most + "b"), most + "b");
  EXPECT_EQ(excerpt(most + "bc"), most + "b...");
  EXPECT_EQ(excerpt(most + "\xC3\xA9"), most + "\xC3\xA9");
  EXPECT_EQ(excerpt(most + "\xC3\xA9x"), most + "\xC3\xA9...");
}

TEST(Excerpt, IsOneLineThatCanBePrinted) {
  using namespace std::string_view_literals;
  EXPECT_EQ(excerpt("a\nb\0c\x1B\x7F\xC2\x85"sv), "a?b?c???");  // the last one is U+0085, a line's end
  EXPECT_EQ(excerpt("\xC3\xFFx\xE2\x82"), "??x??");
  EXPECT_EQ(excerpt("\xED\xA0\x80"), "?");  // a surrogate
  EXPECT_EQ(excerpt(" \xC2\xA0\xF0\x9F\x98\x80"), " \xC2\xA0\xF0\x9F\x98\x80");
}

TEST(Excerpt, StandsInQuotes) { EXPECT_EQ(quoted_excerpt(""), "\"\""); }

}  // namespace
}  // namespace virtsql
