#include "core/virtumancer/text.h"

#include <gtest/gtest.h>

namespace virtsql::virtumancer {
namespace {

TEST(VirtumancerText, IsANumberIfAllOfItIs) {
  EXPECT_EQ(number_of("42"), 42U);
  EXPECT_EQ(number_of("18446744073709551615"), 18446744073709551615U);
  for (const char* none : {"", "x", "42x", " 42", "-1", "0x10", "18446744073709551616"})
    EXPECT_EQ(number_of(none), 0U) << none;
}

TEST(VirtumancerText, IsTakenApart) {
  std::string_view path = "driver/iotune/@type";
  EXPECT_EQ(next_step(path), "driver");
  EXPECT_EQ(next_step(path), "iotune");
  EXPECT_EQ(next_step(path), "@type");
  EXPECT_EQ(path, "");
  std::vector<std::string_view> parts;
  for_each_part("a,b,,c", ',', [&](std::string_view part) { parts.push_back(part); });
  EXPECT_EQ(parts, (std::vector<std::string_view>{"a", "b", "", "c"}));
}

TEST(VirtumancerText, OfAJsonArrayHasItems) {
  EXPECT_EQ(items_of(R"(["a", 1, {"b": [2]}, null])"), (std::vector<std::string>{"a", "1", R"({"b":[2]})", "null"}));
  EXPECT_EQ(items_of("[]"), std::vector<std::string>());
  for (const char* none : {"", "{}", "\"a\"", "[1", "1"}) EXPECT_EQ(items_of(none), std::nullopt) << none;
}

TEST(VirtumancerText, LosesItsSecrets) {
  const auto kept = [](std::string_view value) { return without_secrets("config_json", value); };
  EXPECT_EQ(kept(" <graphics type='vnc' passwd='s'/>"), " <graphics type='vnc'/>");
  EXPECT_EQ(kept(R"({"Password":"s","a":[{"root_passwd":"s","b":1}]})"), R"({"a":[{"b":1}]})");
  EXPECT_EQ(kept(R"({"passwd":"s","xml":"<graphics passwd='s'/>"})"), R"({"xml":"<graphics/>"})");
  // A text without secrets stays as it is, down to its spaces.
  EXPECT_EQ(kept(R"({ "a" : 1 })"), R"({ "a" : 1 })");
  EXPECT_EQ(kept("{broken"), "{broken");
  EXPECT_EQ(kept("  "), "  ");
  // Free metadata may hold any secret, so none of it is kept.
  EXPECT_EQ(without_secrets("metadata", "the secret"), "(10 bytes that are not kept)");
  EXPECT_EQ(without_secrets("name", "the name"), "the name");
}

}  // namespace
}  // namespace virtsql::virtumancer
