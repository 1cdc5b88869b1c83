#include "core/rows/conditions.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/rows/document.h"

namespace virtsql {
namespace {

TEST(Patterns, AreTheWholeValue) {
  EXPECT_TRUE(matches("vnet*", "vnet0"));
  EXPECT_FALSE(matches("vnet*", "my-vnet0"));
  EXPECT_TRUE(matches("a?c", "abc"));
  EXPECT_TRUE(matches("", ""));
  EXPECT_EQ(with_value("/run/<>/a*", "x*"), "/run/\\x\\*/a*");
  EXPECT_TRUE(matches(with_value("<>-<>*", "a*"), "a*-a*b"));
  EXPECT_FALSE(matches(with_value("<>", "a*"), "ab"));  // a * in the value is no wildcard
}

TEST(ConditionsOfARow, HoldOfItsColumns) {
  Document document("<domain><title>a title</title><uuid/></domain>", Catalog::standard().root("domain"));
  const Table& table = *document.rows().element->table;
  const auto holds = [&](const char* column, Condition::Test test, const char* value) {
    Condition condition;
    condition.column = table.find(column);
    condition.test = test;
    condition.value = value;
    return all_hold({{condition}}, document.rows());
  };
  EXPECT_TRUE(holds("title", Condition::Test::kThere, ""));
  EXPECT_FALSE(holds("description", Condition::Test::kThere, ""));
  EXPECT_FALSE(holds("title", Condition::Test::kMissing, ""));
  EXPECT_TRUE(holds("description", Condition::Test::kMissing, ""));
  EXPECT_TRUE(holds("title", Condition::Test::kEquals, "another|a title"));
  EXPECT_TRUE(holds("title", Condition::Test::kEquals, "another|a *"));
  EXPECT_FALSE(holds("title", Condition::Test::kEquals, "title|A title"));
  EXPECT_FALSE(holds("description", Condition::Test::kEquals, "*"));  // the row has no description: it equals nothing
  EXPECT_TRUE(holds("description", Condition::Test::kDiffers, "*"));
  EXPECT_FALSE(holds("title", Condition::Test::kDiffers, "another|a title"));
  EXPECT_TRUE(all_hold({}, document.rows()));
}

TEST(ConditionsOfARow, CompareNumbers) {
  const auto holds = [](const std::string& vcpus) {
    const Document document("<domain><vcpu>" + vcpus +
                                "</vcpu><devices><disk><boot order='3'/><target dev='vda'/></disk>"
                                "<disk><boot order='10'/><target dev='vdb'/></disk></devices></domain>",
                            Catalog::standard().root("domain"));
    const Element& root = *document.rows().element;
    Condition condition;
    condition.child = *std::find_if(root.row_elements.begin(), root.row_elements.end(),
                                    [](const Element* element) { return element->name == "disk"; });
    condition.column = condition.child->table->find("boot_order");
    condition.test = Condition::Test::kAtLeast;
    condition.value = "<>";
    condition.inserted = root.table->find("vcpus");
    return all_hold({{condition}}, document.rows(), nullptr, &document.rows());
  };
  EXPECT_TRUE(holds("4"));
  EXPECT_TRUE(holds("10"));
  EXPECT_FALSE(holds("11"));
}

TEST(ConditionsOfARow, HoldOfAnyRowBelowIfTheyNameAValueOfTheRowOrAreAboutTheRoot) {
  const auto holds = [](const std::string& title, Condition::Test test, bool of_root = false) {
    const Document document("<domain><title>" + title +
                                "</title><devices><disk><target dev='vda'/></disk><disk><target dev='vdb'/></disk>"
                                "</devices></domain>",
                            Catalog::standard().root("domain"));
    const Element& root = *document.rows().element;
    Condition condition;
    condition.child = *std::find_if(root.row_elements.begin(), root.row_elements.end(),
                                    [](const Element* element) { return element->name == "disk"; });
    condition.column = condition.child->table->find("device_name");
    condition.test = test;
    condition.value = of_root ? title.c_str() : "<>";
    if (of_root)
      condition.of = Condition::Of::kRoot;
    else
      condition.inserted = root.table->find("title");
    return all_hold({{condition}}, document.rows(), nullptr, &document.rows());
  };
  EXPECT_TRUE(holds("vda", Condition::Test::kEquals));
  EXPECT_TRUE(holds("vdb", Condition::Test::kEquals));
  EXPECT_FALSE(holds("vdc", Condition::Test::kEquals));
  EXPECT_FALSE(holds("vd*", Condition::Test::kEquals));
  EXPECT_FALSE(holds("vdb", Condition::Test::kDiffers));
  EXPECT_TRUE(holds("vdc", Condition::Test::kDiffers));
  EXPECT_FALSE(holds("vda", Condition::Test::kAtLeast)) << "no number";
  EXPECT_TRUE(holds("vdb", Condition::Test::kEquals, true));
  EXPECT_FALSE(holds("vdb", Condition::Test::kDiffers, true));
  EXPECT_TRUE(holds("", Condition::Test::kThere, true));
  EXPECT_FALSE(holds("", Condition::Test::kMissing, true));
}

TEST(ConditionsOfARow, AreAskedOfTheRowAroundIfTheyAreAboutIt) {
  const auto titled = [](const char* title) {
    return Document("<domain><title>" + std::string(title) + "</title></domain>", Catalog::standard().root("domain"));
  };
  const Document row = titled("inner");
  const Document around = titled("outer");
  Condition condition;
  condition.column = row.rows().element->table->find("title");
  condition.test = Condition::Test::kEquals;
  condition.value = "outer";
  EXPECT_FALSE(all_hold({{condition}}, row.rows(), &around.rows()));
  condition.of = Condition::Of::kAround;
  EXPECT_TRUE(all_hold({{condition}}, row.rows(), &around.rows()));
  EXPECT_FALSE(all_hold({{condition}}, row.rows()));  // without a row around it
  Condition both[] = {condition, condition};
  both[1].test = Condition::Test::kMissing;
  EXPECT_FALSE(all_hold(both, row.rows(), &around.rows()));
  condition.of = Condition::Of::kRoot;
  EXPECT_TRUE(all_hold({{condition}}, row.rows(), &row.rows(), &around.rows()));
  EXPECT_FALSE(all_hold({{condition}}, row.rows(), &around.rows(), &row.rows()));
}

}  // namespace
}  // namespace virtsql
