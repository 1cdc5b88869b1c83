#include "core/xml/grammar_words.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/core/temporary_folder.h"

namespace virtsql {
namespace {

// As in libvirt's grammar: definitions in another file, an element that may hold itself, and one whose attributes
// depend on what stands around.
constexpr char kMain[] = R"(
<grammar xmlns="http://relaxng.org/ns/structure/1.0">
  <include href="common.rng"/>
  <start><element name="domain"><ref name="devices"/></element></start>
</grammar>)";
constexpr char kCommon[] = R"(
<grammar xmlns="http://relaxng.org/ns/structure/1.0" datatypeLibrary="http://www.w3.org/2001/XMLSchema-datatypes">
  <define name="devices">
    <element name="devices">
      <choice>
        <element name="disk">
          <ref name="model"/>
          <attribute name="device"><choice><value>disk</value><value>cdrom</value></choice></attribute>
          <attribute name="size"><choice><value>all</value><data type="unsignedInt"/></choice></attribute>
          <attribute name="free"/>
          <ref name="layer"/>
        </element>
        <element><choice><name>lamp</name><name>torch</name></choice><attribute name="colour"><text/></attribute></element>
      </choice>
    </element>
  </define>
  <define name="layer"><optional><element name="layer"><attribute name="n"/><ref name="layer"/></element></optional></define>
  <define name="model"><attribute name="model"><value>a</value></attribute></define>
  <define name="model" combine="choice"><attribute name="model"><value>b</value></attribute></define>
</grammar>)";

class GrammarWordsTest : public testing::Test {
 protected:
  GrammarWordsTest() {
    std::ofstream(folder_ / "domain.rng") << kMain;
    std::ofstream(folder_ / "common.rng") << kCommon;
  }

  test::TemporaryFolder folder_;
};

TEST_F(GrammarWordsTest, KnowTheAttributesAndTheirValues) {
  const GrammarWords words(folder_ / "domain.rng");
  const GrammarWords::Place disk = words.at({"domain", "devices", "disk"});
  ASSERT_EQ(disk.attributes.size(), 4U);
  EXPECT_EQ(disk.attributes.at("device").values, (std::vector<std::string>{"disk", "cdrom"}));
  EXPECT_FALSE(disk.attributes.at("device").is_open);
  EXPECT_EQ(disk.attributes.at("size").values, std::vector<std::string>{"all"});
  EXPECT_TRUE(disk.attributes.at("size").is_open);
  EXPECT_TRUE(disk.attributes.at("free").is_open);
  EXPECT_EQ(disk.attributes.at("model").values, (std::vector<std::string>{"a", "b"}));
}

TEST_F(GrammarWordsTest, KnowTheChildrenOfAPlace) {
  const GrammarWords words(folder_ / "domain.rng");
  EXPECT_EQ(words.at({"domain", "devices"}).children.size(), 3U);
  EXPECT_TRUE(words.at({"domain", "devices", "torch"}).attributes.contains("colour"));
  EXPECT_TRUE(words.at({"domain", "devices", "disk", "layer", "layer", "layer"}).attributes.contains("n"));
  EXPECT_TRUE(words.at({"domain", "disk"}).attributes.empty());
  EXPECT_TRUE(words.at({"gizmo"}).children.empty());
}

TEST_F(GrammarWordsTest, KnowNothingWithoutAGrammar) {
  EXPECT_TRUE(GrammarWords(folder_ / "missing.rng").at({"domain"}).children.empty());
}

}  // namespace
}  // namespace virtsql
