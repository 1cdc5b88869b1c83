#include "core/virtumancer/tag.h"

#include <gtest/gtest.h>

namespace virtsql::virtumancer {
namespace {

TEST(Tag, IsSetByPaths) {
  Tag tag;
  tag.name = "disk";
  tag.set("@type", "file");
  tag.set("source/@file", "/a");
  tag.set("iotune/read_bytes_sec", "5");
  tag.set("readonly", "");
  tag.set("source/@file", "/b");  // replaces the first value
  EXPECT_EQ(tag.xml(),
            "<disk type='file'>\n  <source file='/b'/>\n  <iotune>\n    <read_bytes_sec>5</read_bytes_sec>\n"
            "  </iotune>\n  <readonly/>\n</disk>\n");
  EXPECT_EQ(tag.get("@type"), "file");
  EXPECT_EQ(tag.get("source/@file"), "/b");
  EXPECT_EQ(tag.get("iotune/read_bytes_sec"), "5");
  EXPECT_EQ(tag.get("target/@dev"), "");
  EXPECT_TRUE(tag.has("readonly"));
  EXPECT_TRUE(tag.has("source/@file"));
  EXPECT_FALSE(tag.has("source/@dev"));
  EXPECT_FALSE(tag.has("iotune/write_bytes_sec"));
}

TEST(Tag, LosesWhatNothingIsLeftOf) {
  Tag tag;
  tag.name = "a";
  tag.set("b/c/@d", "1");
  tag.set("b/c/@e", "2");
  tag.erase("b/c/@d");
  EXPECT_EQ(tag.xml(), "<a>\n  <b>\n    <c e='2'/>\n  </b>\n</a>\n");
  tag.erase("b/x/@y");  // does not exist: nothing happens
  tag.erase("b/c/@e");
  EXPECT_EQ(tag.xml(), "<a/>\n");
  tag.set("f/g", "text");
  tag.set("f/@h", "1");
  tag.erase("f");
  EXPECT_EQ(tag.xml(), "<a/>\n");
}

TEST(Tag, EscapesWhatXmlCannotSayAsItIs) {
  Tag tag;
  tag.name = "title";
  tag.text = "a < b";
  tag.set("@by", "it's");
  EXPECT_EQ(tag.xml(), "<title by='it&apos;s'>a &lt; b</title>\n");
}

}  // namespace
}  // namespace virtsql::virtumancer
