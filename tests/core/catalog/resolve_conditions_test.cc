#include "core/catalog/resolve_conditions.h"

#include <gtest/gtest.h>

#include "tests/core/catalog/line.h"

namespace virtsql {
namespace {

using test::error_of;
using test::file_of;

TEST(ResolveConditions, SaysWhenLibvirtAddsARow) {
  const BuiltCatalog catalog(std::vector<CatalogFile>{
      {"t.catalog",
       "vm  row machines  A machine.\n  @arch  text  CPU.\n"
       "  port  set ports  A port.\n    @name  text  Name.\n"
       "  card  set cards {added if @a} {added if !../port/@name /@arch=x}  A card.\n    @a  text  Model.\n"
       "  fan  set fans {added}  A fan.\n    @b  text  Size.\n"}});
  const auto additions = [&](const char* table) { return catalog.find_table(table)->elements[0]->marks->additions; };
  EXPECT_TRUE(additions("ports").empty());
  ASSERT_EQ(additions("fans").size(), 1U);
  EXPECT_TRUE(additions("fans")[0].conditions.empty());
  ASSERT_EQ(additions("cards").size(), 2U);
  EXPECT_EQ(additions("cards")[0].conditions[0].column, catalog.find_table("cards")->find("a"));
  const auto& second = additions("cards")[1].conditions;
  ASSERT_EQ(second.size(), 2U);
  EXPECT_EQ(second[0].of, Condition::Of::kAround);
  EXPECT_EQ(second[0].child, catalog.find_table("ports")->elements[0]);
  EXPECT_EQ(second[1].of, Condition::Of::kRoot);
}

class ConditionsTest : public testing::Test {
 protected:
  // Returns where the column of the only condition of {live if CONDITION} of a disk's @io is: the table and column,
  // and, if it is not the row's own, of which row.
  static std::string place(const std::string& condition) {
    const BuiltCatalog catalog(file_of(text("{live if " + condition + "}")));
    const Condition& found = catalog.find_table("disks")->find("driver_io")->marks->live.conditions.front();
    const char* const of[] = {"", "around ", "root "};
    return of[static_cast<int>(found.of)] + std::string(found.child ? "below " : "") + found.column->table->name + "." +
           found.column->name;
  }
  static std::string text(const std::string& mark) {
    return "vm  row machines  A machine.\n"
           "  @type  text  Its type.\n"
           "  os\n    @arch  text  Its CPU.\n"
           "  bay  set bays  A bay.\n"
           "    @type  text  Its type.\n"
           "    @slot  text  Its place.\n"
           "    disk  set disks  A disk.\n"
           "      @type  text  Its type.\n"
           "      source\n        @file  text  Its file.\n"
           "      part  set parts  A part.\n        @size  integer  Its size.\n"
           "      driver\n        @type  text  Its format.\n        @io  text  " +
           mark + "  How.\n";
  }
};

TEST_F(ConditionsTest, NameTheNearestAttributeOrAPathFromTheRow) {
  EXPECT_EQ(place("@type=a"), "disks.driver_type");
  EXPECT_EQ(place("./@type=a"), "disks.type");
  EXPECT_EQ(place("source/@file"), "disks.source_file");
  EXPECT_EQ(place("part/@size"), "below parts.size");
}

TEST_F(ConditionsTest, NameTheRowAroundAndTheRoot) {
  EXPECT_EQ(place("../@type=a"), "around bays.type");
  EXPECT_EQ(place("/@type=a"), "root machines.type");
  EXPECT_EQ(place("/os/@arch=a"), "root machines.os_arch");
  EXPECT_EQ(place("/bay/@type=a"), "root below bays.type");
}

// {own} is evaluated where only the row is known.
TEST_F(ConditionsTest, NameOnlyRowsThatAreKnownThere) {
  EXPECT_EQ(error_of(text("{own if @type=a}")), "");
  for (const char* other : {"../@type=a", "/@type=a", "nothing/@type=a"})
    EXPECT_NE(error_of(text("{own if " + std::string(other) + "}")).find("there is no such attribute in the row"),
              std::string::npos)
        << other;
}

TEST_F(ConditionsTest, AValueInsertsAnotherColumnOfTheRow) {
  const BuiltCatalog catalog(file_of(text("{live if /bay/@type=<./@type>}")));
  const Table& disks = *catalog.find_table("disks");
  EXPECT_EQ(disks.find("driver_io")->marks->live.conditions.front().inserted, disks.find("type"));
  EXPECT_NE(error_of(text("{live if /bay/@type=<@nothing>}")), "");
}

TEST_F(ConditionsTest, TheNearestAttributeIsOfTheRow) {
  const BuiltCatalog catalog(file_of(text("")));
  const Table& disks = *catalog.find_table("disks");
  const Element& disk = *disks.elements[0];
  const Element& source = *disk.children[0];
  EXPECT_EQ(nearest_attribute(disk.children[2], "type"), disks.find("driver_type"));
  EXPECT_EQ(nearest_attribute(&source, "type"), disks.find("type"));
  EXPECT_EQ(nearest_attribute(&source, "slot"), nullptr) << "it is in the row around";
}

}  // namespace
}  // namespace virtsql
