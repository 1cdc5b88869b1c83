#include "core/catalog/marks.h"

#include <gtest/gtest.h>

#include "tests/core/catalog/line.h"

namespace virtsql {
namespace {

const CatalogLine& some_line() {
  static const CatalogLine line = test::line_of("@a text");
  return line;
}

TEST(Conditions, AreReadFromTheirWords) {
  CatalogStorage storage;
  const auto read =
      conditions(some_line(), {"@a", "!@b", "@c=1", "d/@e!=2", "@f=x<g>y", "@h=<@i>", "@j>=<@k>"}, storage);
  ASSERT_EQ(read.size(), 7U);
  EXPECT_EQ(read[0].attribute, "a");
  EXPECT_EQ(read[1].test, Condition::Test::kMissing);
  EXPECT_EQ(read[1].attribute, "b");
  EXPECT_EQ(read[2].test, Condition::Test::kEquals);
  EXPECT_EQ(read[2].value, "1");
  EXPECT_EQ(read[3].test, Condition::Test::kDiffers);
  EXPECT_EQ(read[3].attribute, "d/@e");
  EXPECT_EQ(read[4].inserted_attribute, "g");
  EXPECT_EQ(read[4].value, "x<>y");
  EXPECT_EQ(read[5].inserted_attribute, "i");
  EXPECT_EQ(read[6].test, Condition::Test::kAtLeast);
  EXPECT_EQ(read[6].attribute, "j");
  EXPECT_EQ(read[6].inserted_attribute, "k");
  EXPECT_EQ(conditions(some_line(), {"text()", "flag/"}, storage).size(), 2U);
  EXPECT_THROW(conditions(some_line(), {"neither"}, storage), CatalogError);
  EXPECT_THROW(conditions(some_line(), {"@a=<open"}, storage), CatalogError);
  EXPECT_THROW(conditions(some_line(), {"!@a=b"}, storage), CatalogError);
}

TEST(LiveRules, AreReadFromTheirMark) {
  CatalogStorage storage;
  const auto read = [&](std::string_view mark) { return live_rule(some_line(), mark, storage); };
  EXPECT_EQ(read("live").when, LiveRule::When::kAlways);
  EXPECT_FALSE(read("live").found);
  EXPECT_TRUE(read("found").found);
  EXPECT_EQ(read("live if a/text()").when, LiveRule::When::kIf);
  EXPECT_EQ(read("live if vnet*").when, LiveRule::When::kIfValue);
  EXPECT_EQ(read("live unless ua-*").when, LiveRule::When::kUnlessValue);
  EXPECT_EQ(read("live unless ua-*").pattern, "ua-*");
  EXPECT_EQ(read("live if @type=vnc").when, LiveRule::When::kIf);
  for (const char* mark : {"live if", "live when x", "live if a b", "live unless @type=vnc"})
    EXPECT_THROW(read(mark), CatalogError) << mark;
}

TEST(OwnRules, AreReadFromTheirWords) {
  CatalogStorage storage;
  const auto read = [&](const std::vector<std::string_view>& words) { return own_rule(some_line(), words, storage); };
  EXPECT_EQ(read({"own"}).gives, OwnRule::Gives::kNone);
  EXPECT_EQ(read({"own", "renamed"}).gives, OwnRule::Gives::kRenamed);
  EXPECT_EQ(read({"own", "=name"}).gives, OwnRule::Gives::kColumn);
  EXPECT_EQ(read({"own", "=name"}).value, "name");
  EXPECT_EQ(read({"own", "auto", "if", "@a=1"}).value, "auto");
  EXPECT_EQ(read({"own", "auto", "if", "@a=1"}).conditions.size(), 1U);
  EXPECT_THROW(read({"own", "auto", "if"}), CatalogError);
}

}  // namespace
}  // namespace virtsql
