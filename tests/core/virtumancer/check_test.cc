#include "core/virtumancer/check.h"

#include <gtest/gtest.h>

namespace virtsql::virtumancer {
namespace {

TEST(Checks, TakeWhatLibvirtTakes) {
  struct Case {
    const char* check;
    std::vector<const char*> good, bad;
  };
  const Case cases[] = {
      {"text", {"two\nlines", "\xC3\xA9"}, {"bell \x07", "\xFF"}},
      {"line", {"one line"}, {"two\nlines"}},
      {"word", {"e1000e", "a-b_c"}, {"a b", "a.b", "<a>"}},
      {"token", {"a.b"}, {"a:b", "a b"}},
      {"device", {"vnet0", "eth0.1", "a:b/c"}, {"a b", "'"}},
      {"filter", {"10.0.0.1", "fe80::1", "A_b"}, {"a-b", "a b"}},
      {"serial", {"WD-1 2_3.4+5"}, {"a\"b", "a/b"}},
      {"path", {"/a", "/a b"}, {"/", "a", "/a\nb", ""}},
      {"number", {"0", "007", "123456789012345678"}, {"", "-1", "1.5", "0x1", "1234567890123456789"}},
      {"positive", {"1", "42"}, {"-1", "many", ""}},
      {"mac",
       {"52:54:00:00:00:01", "0E:aa:bb:cc:dd:EE"},
       {"53:54:00:00:00:01", "52:54:00:00:00", "52-54-00-00-00-01", "52:54:00:00:00:0g", "52:54:00:00:00:01:02"}},
      {"uuid",
       {"0d000000-0000-4000-8000-000000000001"},
       {"0d000000000040008000000000000001", "0d000000-0000-4000-8000-00000000000",
        "0d000000-0000-4000-8000-00000000000g"}},
      {"cpuset", {"0", "0-1,3,8", "16383"}, {"", "^2", "a", "0 1", "0-3,", "1,,2", "1-", "3-1", "1,^1", "16384"}},
      {"index", {"0", "255"}, {"", "-1", "256", "4294967296"}},
      {"snapshot", {"before the upgrade", "a.b"}, {".a", "a/b", "two\nlines"}},
      {"count", {"1", "2147483647"}, {"", "-1", "2147483648"}},
      {"limit", {"1", "1000000000000000"}, {"", "1000000000000001"}},
      {"profile", {"p", "a b"}, {"two\nlines", "0123456789012345678901234567890123456789"}},
      {"vcpus", {"1", "65535"}, {"", "65536", "many"}},
      {"hex", {"0x0", "0xFFFFffff"}, {"0x", "0x123456789", "0xg", "4294967296", "text"}},
      {"a|b|c", {"a", "c"}, {"", "d", "a|b"}},
  };
  for (const Case& each : cases) {
    for (const char* value : each.good) EXPECT_EQ(checked(each.check, value), value) << each.check;
    for (const char* value : each.bad)
      EXPECT_EQ(checked(each.check, value), std::nullopt) << each.check << ": " << value;
  }
}

TEST(Checks, SpellAsXmlDoes) {
  EXPECT_EQ(checked("hex", "10"), "0xa");
  EXPECT_EQ(checked("cpuset", "0-3,^2,8"), "0-1,3,8");
  for (const char* check : {"count", "limit"}) EXPECT_EQ(checked(check, "0"), "");
  EXPECT_EQ(checked("positive", "0"), "");  // virtumancer's 0 means that the number is not known
  for (const char* yes : {"1", "true", "yes", "on"}) {
    EXPECT_TRUE(is_true(yes));
    EXPECT_EQ(checked("yes_no", yes), "yes");
    EXPECT_EQ(checked("on_off", yes), "on");
    EXPECT_EQ(checked("flag", yes), "yes");
    EXPECT_EQ(checked("yes", yes), "yes");
  }
  for (const char* no : {"0", "false", "no", "off"}) {
    EXPECT_FALSE(is_true(no));
    EXPECT_EQ(checked("yes_no", no), "no");
    EXPECT_EQ(checked("on_off", no), "off");
    EXPECT_EQ(checked("flag", no), "");
    EXPECT_EQ(checked("yes", no), "");
  }
  EXPECT_FALSE(is_true("maybe"));
  for (const char* check : {"yes_no", "on_off", "flag", "yes"}) EXPECT_EQ(checked(check, "maybe"), std::nullopt);
}

TEST(Checks, FindAWordInAList) {
  EXPECT_TRUE(one_of("b", "a|b"));
  EXPECT_TRUE(one_of("a", "a"));
  EXPECT_FALSE(one_of("", "a||b"));
  EXPECT_FALSE(one_of("a|b", "a|b"));
  EXPECT_FALSE(one_of("b", "ab|bc"));
}

}  // namespace
}  // namespace virtsql::virtumancer
