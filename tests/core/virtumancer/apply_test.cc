#include "core/virtumancer/apply.h"

#include <gtest/gtest.h>

namespace virtsql::virtumancer {
namespace {

class ApplyTest : public testing::Test {
 protected:
  // Applies the values to an element. Returns its XML, and behind it the columns that were not used.
  std::string apply_to(const std::string& name, Values values) {
    tag_.name = name;
    values_ = std::move(values);
    Reading reading(values_);
    apply(tag_, reading, fields_);
    return said(reading);
  }
  std::string apply_json_to(const std::string& name, const std::string& json) {
    tag_.name = name;
    values_ = {{"config", json}};
    Reading reading(values_);
    apply_json(tag_, reading, "config", fields_);
    return said(reading);
  }
  std::string said(const Reading& reading) const {
    std::string out = tag_.xml();
    out.erase(out.find_last_not_of('\n') + 1);
    for (const std::string_view column : reading.rest()) out += " " + std::string(column);
    return out;
  }

  const std::vector<Field> fields_ = {{"cache|cache_mode", "driver/@cache", "none|unsafe"},
                                      {"serial", "serial", "serial"},
                                      {"read_only", "readonly", "flag"},
                                      {"known", "", "text"}};
  Values values_;
  Tag tag_;
};

TEST_F(ApplyTest, ValuesGoToTheirPlacesAndAreUsed) {
  EXPECT_EQ(apply_to("disk", {{"cache_mode", "none"}, {"serial", "a"}, {"read_only", "1"}}),
            "<disk>\n  <driver cache='none'/>\n  <serial>a</serial>\n  <readonly/>\n</disk>");
}

TEST_F(ApplyTest, AFalseFlagIsUsedAndNotWritten) { EXPECT_EQ(apply_to("disk", {{"read_only", "0"}}), "<disk/>"); }

TEST_F(ApplyTest, AValueWithoutAPlaceIsOnlyUsed) { EXPECT_EQ(apply_to("disk", {{"known", "a"}}), "<disk/>"); }

TEST_F(ApplyTest, WhatIsNotValidIsPassedOver) {
  EXPECT_EQ(apply_to("disk", {{"cache", "nonsense"}, {"other", "a"}}), "<disk/> cache other");
}

TEST_F(ApplyTest, APlaceKeepsTheValueThatItHas) {
  tag_.set("driver/@cache", "unsafe");
  EXPECT_EQ(apply_to("disk", {{"cache", "none"}}), "<disk>\n  <driver cache='unsafe'/>\n</disk> cache");
  EXPECT_EQ(apply_to("disk", {{"cache", "unsafe"}}), "<disk>\n  <driver cache='unsafe'/>\n</disk>");
}

TEST_F(ApplyTest, AJsonColumnIsUsedIfAllItsMembersAre) {
  EXPECT_EQ(apply_json_to("disk", R"({"cache": "none"})"), "<disk>\n  <driver cache='none'/>\n</disk>");
  EXPECT_EQ(apply_json_to("disk", R"({"serial": "a", "other": 1})"),
            "<disk>\n  <driver cache='none'/>\n  <serial>a</serial>\n</disk> config");
}

TEST_F(ApplyTest, AnEmptyJsonColumnIsUsedAndAnotherTextIsNot) {
  for (const char* empty : {"null", "{}", "[]"}) EXPECT_EQ(apply_json_to("disk", empty), "<disk/>") << empty;
  EXPECT_EQ(apply_json_to("disk", "nonsense"), "<disk/> config");
}

}  // namespace
}  // namespace virtsql::virtumancer
