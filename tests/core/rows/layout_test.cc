#include "core/rows/layout.h"

#include <gtest/gtest.h>

namespace virtsql {
namespace {

TEST(Layouts, ComeBackAsJson) {
  const std::string json = R"({"":["@type","target"],"driver":["@type","@name"],"source":[]})";
  const Layout layout(json);
  EXPECT_EQ(layout.to_json(), json);
  ASSERT_TRUE(layout.find("driver"));
  EXPECT_EQ(*layout.find("driver"), (Layout::Order{"@type", "@name"}));
  EXPECT_EQ(layout.find("target"), nullptr);
  EXPECT_TRUE(layout.has("driver", "@name"));
  EXPECT_FALSE(layout.has("driver", "@type "));
  EXPECT_FALSE(layout.has("target", "@type"));
}

TEST(Layouts, PassOverWhatAUserEditedIntoNone) {
  for (const char* text : {"", "text", "[]", "1", "{\"a\":"}) EXPECT_TRUE(Layout(text).empty()) << text;
  EXPECT_EQ(Layout(R"({"a":1,"b":["x",2,null,"y"]})").to_json(), R"({"b":["x","y"]})");
}

TEST(Layouts, SayWhatIsThereAndEmpty) {
  Layout layout;
  EXPECT_FALSE(layout.says_empty("os"));
  layout.say_empty("os");
  EXPECT_TRUE(layout.says_empty("os"));
  layout.at("cpu") = {"@mode"};
  EXPECT_FALSE(layout.says_empty("cpu"));
  layout.say_empty("cpu");
  EXPECT_TRUE(layout.says_empty("cpu"));
  EXPECT_TRUE(layout.has("cpu", "@mode"));
  layout.at("devices") = {"\n  "};
  EXPECT_TRUE(layout.says_empty("devices"));
  EXPECT_EQ(layout.space("devices"), "\n  ");
  EXPECT_EQ(layout.space("cpu").data(), nullptr);
}

TEST(Layouts, ForgetAnElementWithAllBelowIt) {
  Layout layout(R"({"":["a"],"driver":["x"],"driver/iothreads":["y"],"drivers":["z"]})");
  EXPECT_TRUE(layout.reaches("driver"));
  layout.erase("driver");
  EXPECT_EQ(layout.to_json(), R"({"":["a"],"drivers":["z"]})");
  EXPECT_FALSE(layout.reaches("driver"));
  layout.erase("");
  EXPECT_TRUE(layout.empty());
  EXPECT_TRUE(Layout(R"({"a/b":[]})").reaches("a"));
}

TEST(Paths, AreAtOrBelowOthers) {
  EXPECT_TRUE(is_at_or_below("a/b", "a"));
  EXPECT_TRUE(is_at_or_below("a", "a"));
  EXPECT_TRUE(is_at_or_below("a", ""));
  EXPECT_FALSE(is_at_or_below("ab", "a"));
  EXPECT_FALSE(is_at_or_below("a", "a/b"));
  EXPECT_FALSE(is_at_or_below("", "a"));
}

}  // namespace
}  // namespace virtsql
