// What follows from all lines of a catalog together.
#include <gtest/gtest.h>

#include "core/catalog/draft.h"
#include "tests/core/catalog/line.h"

namespace virtsql {
namespace {

using test::error_of;
using test::file_of;

TEST(Resolve, SaysWhatViewsShowOfOtherRows) {
  const BuiltCatalog catalog(std::vector<CatalogFile>{{"t.catalog",
                                                       "vm  row machines  A machine.\n"
                                                       "  @a  text {seen kind things name}  A.\n"
                                                       "  @b  text {into both_json}  B.\n"
                                                       "  @c  text {into both_json}  C.\n"
                                                       "  part  set parts  {json parts_json}  A part.\n"
                                                       "    @d  text  D.\n"
                                                       "thing  row all_things  A thing.\n"
                                                       "  @name  text  Its name.\n"
                                                       "  below  row things  What it is.\n"
                                                       "    @a  text  A.\n"}});
  const Table& machines = *catalog.root("vm").table;
  ASSERT_EQ(machines.related.size(), 2U);
  EXPECT_EQ(machines.related[0].name, "parts_json");
  EXPECT_EQ(machines.related[0].rows->name, "parts");
  EXPECT_EQ(machines.related[0].value, nullptr);
  EXPECT_EQ(machines.related[1].name, "kind");
  EXPECT_EQ(machines.related[1].rows->name, "things");
  EXPECT_EQ(machines.related[1].value->xml_path, "/thing/@name");
  EXPECT_EQ(machines.related[1].same->xml_path, "/thing/below/@a");
  const Computed* both = machines.find_computed("both_json");
  ASSERT_NE(both, nullptr);
  ASSERT_EQ(both->parts.size(), 2U);
  EXPECT_EQ(both->parts[0].name, "b");
  EXPECT_EQ(both->parts[1].column->name, "c");
}

TEST(Resolve, SaysWhatOtherThingsOfTheHostMaySay) {
  const std::string net =
      "net  row nets {named name}  A network.\n  name  text {key}  Name.\n"
      "  group  set net_groups  A group.\n    limit\n      @rate  integer  Rate.\n";
  const auto vm = [](const std::string& mark) {
    return "vm  row machines  A machine.\n  @net  text  Network.\n  limit  " + mark +
           " {started if @net}\n    @rate  integer  Rate.\n    @burst  integer  Burst.\n";
  };
  const BuiltCatalog catalog(file_of(net + vm("{inherited net net_groups}")));
  const Table& machines = *catalog.find_table("machines");
  const Column* rate = machines.find("limit_rate");
  ASSERT_NE(rate, nullptr);
  EXPECT_EQ(rate->marks->inherited, catalog.find_table("net_groups")->find("limit_rate"));
  EXPECT_EQ(rate->marks->inherited_by, machines.find("net"));
  EXPECT_EQ(machines.find("limit_burst")->marks->inherited, nullptr);
  for (const char* mark : {"{inherited other net_groups}", "{inherited net nets}", "{inherited net others}"})
    EXPECT_NE(error_of(net + vm(mark)).find("{inherited "), std::string::npos) << mark;
}

TEST(Resolve, SaysWhichColumnsAnElementOfATableHasNot) {
  const BuiltCatalog catalog(std::vector<CatalogFile>{
      {"t.catalog",
       "vm  row machines  A machine.\n"
       "  tcp  list matches  What is looked at.\n    @port  integer  Port.\n    @mac  text  MAC.\n"
       "  arp  list matches\n    @mac  text  MAC.\n    more\n      @code  integer  Code.\n"}});
  const auto foreign = [&](std::size_t element) {
    std::string out;
    for (const Column* column : catalog.find_table("matches")->elements[element]->foreign)
      out += std::string(column->name) + " ";
    return out;
  };
  EXPECT_EQ(foreign(0), "more_code ");
  EXPECT_EQ(foreign(1), "port ");
  EXPECT_TRUE(catalog.root("vm").foreign.empty());
}

// The slots and child lists of an element are those of the containers in it as well, and no others.
TEST(Resolve, AnElementKnowsWhatIsBelowIt) {
  const BuiltCatalog catalog(
      file_of("vm  row machines  A machine.\n"
              "  name  text  Its name.\n"
              "  driver\n"
              "    @io  text  How.\n"
              "    inner\n"
              "      @size  integer  Size.\n"
              "      fan  set fans  A fan.\n"
              "        @speed  integer  Speed.\n"
              "  title  text  Its title.\n"
              "  empty\n"));
  const Element& vm = catalog.root("vm");
  const Element& driver = *vm.children[1];
  const Table& machines = *vm.table;
  EXPECT_EQ(driver.first_slot, machines.find("driver_io")->slot);
  EXPECT_EQ(driver.end_slot, machines.find("driver_inner_size")->slot + 1);
  EXPECT_EQ(driver.end_child_slot - driver.first_child_slot, 1U);
  EXPECT_EQ(vm.first_slot, 0U);
  EXPECT_EQ(vm.end_slot, machines.slots);
  const Element& empty = *vm.children[3];
  EXPECT_EQ(empty.first_slot, empty.end_slot);
  EXPECT_EQ(empty.first_child_slot, empty.end_child_slot);
}

TEST(Resolve, ALabelTellsElementsOfOneNameApart) {
  const BuiltCatalog catalog(
      file_of("vm  row machines  A machine.\n"
              "  tcp  list matches  What is looked at.\n    @port  integer  Port.\n"
              "  cache\n    monitor  set monitors  What is watched.\n      @level  integer  Level.\n"
              "  memory\n    monitor  set monitors\n      @level  integer  Level.\n"));
  const Table& monitors = *catalog.find_table("monitors");
  EXPECT_EQ(monitors.elements[0]->label, "cache/monitor");
  EXPECT_EQ(monitors.elements[1]->label, "memory/monitor");
  EXPECT_TRUE(monitors.has_element_column());
  EXPECT_EQ(catalog.find_table("matches")->elements[0]->label, "tcp");
  EXPECT_FALSE(catalog.find_table("matches")->has_element_column());
}

TEST(Resolve, KeysComeBeforeHintsAndTheAttachmentsBeforeTheResources) {
  const BuiltCatalog catalog(
      file_of("vm  row machines  A machine.\n"
              "  disk  set disk_attachments  A disk as one machine has it.\n"
              "    resource disks  {host}  {key path}  A disk.\n"
              "    @alias  text  {hint}  Alias.\n"
              "    ^@path  path  {key}  Where it is.\n"
              "    @dev  text  {key bus}  Its name.\n"
              "    @bus  text  Its bus.\n"));
  std::string out;
  for (const Identity& identity : catalog.find_table("disk_attachments")->identities) {
    out += identity.certain ? "key" : "hint";
    for (const Column* column : identity.columns) out += " " + column->name;
    out += "; ";
  }
  EXPECT_EQ(out, "key dev bus; key path; hint alias; ");
  EXPECT_NE(error_of("vm  row t  M.\n  @a  text  {key b}  D.\n").find("{key b}: t has no such column"),
            std::string::npos);
}

TEST(Resolve, TablesComeAfterTheirOwnersAndResources) {
  const BuiltCatalog catalog(
      file_of("vm  row machines  A machine.\n"
              "  devices  {devices}\n"
              "    disk  set disk_attachments  A disk as one machine has it.\n"
              "      resource disks  A disk.\n"
              "      ^@path  path  Where it is.\n"
              "      part  set _parts  A part.\n"
              "        @size  integer  Size.\n"
              "  fan  set fans  A fan.\n"
              "    @speed  integer  Speed.\n"
              "network  row networks  A network.\n"
              "  name  text  Its name.\n"));
  std::string order;
  for (const Table* table : catalog.tables()) order += table->name + " ";
  EXPECT_EQ(order, "machines networks disks disk_attachments fans disk_attachment_parts ");
  EXPECT_EQ(catalog.find_table("disk_attachments")->device_type, "disk");
  EXPECT_FALSE(catalog.find_table("fans")->is_device());
}

// The @type around the element decides which of its names the attribute has.
TEST(Resolve, AnAttributeOfSeveralNamesNeedsAType) {
  const std::string source = "  source\n    @file,dev:block  path  path  Where it is.\n";
  const BuiltCatalog catalog(file_of("vm  row machines  A machine.\n  @type  text  Its type.\n" + source));
  const Attribute& attribute = catalog.root("vm").children[0]->attributes[0];
  EXPECT_EQ(attribute.spelled_after, catalog.find_table("machines")->find("type"));
  ASSERT_EQ(attribute.spellings.size(), 1U);
  EXPECT_EQ(error_of("vm  row machines  A machine.\n" + source),
            "/vm/source/@file: no @type around it decides its spelling");
}

TEST(Resolve, ContainersHandTheirMarksDown) {
  const BuiltCatalog catalog(
      file_of("vm  row machines  A machine.\n"
              "  address  {added} {dropped if name/text()=x}\n    @bus  text  Bus.\n    inner\n"
              "      @slot  text  {dropped 0}  Slot.\n"
              "  name  text  Its name.\n"));
  const Table& machines = *catalog.find_table("machines");
  EXPECT_TRUE(machines.find("address_bus")->marks->added);
  EXPECT_TRUE(machines.find("address_inner_slot")->marks->added);
  EXPECT_FALSE(machines.find("name")->marks->added);
  ASSERT_EQ(machines.find("address_bus")->marks->dropped.size(), 1U);
  EXPECT_EQ(machines.find("address_bus")->marks->dropped[0].value, "*");
  EXPECT_EQ(machines.find("address_bus")->marks->dropped[0].conditions[0].column, machines.find("name"));
  ASSERT_EQ(machines.find("address_inner_slot")->marks->dropped.size(), 2U);
  EXPECT_EQ(machines.find("address_inner_slot")->marks->dropped[0].value, "0");
  EXPECT_TRUE(machines.find("name")->marks->dropped.empty());
}

TEST(CheckNames, ATableHasWhatIsSaidOfIt) {
  EXPECT_EQ(error_of("vm  row t  M.\n  @a  text  D.\n  memory  size  D.\n    @unit  text  D.\n  x  memory_bytes  text  "
                     "D.\n"),
            "table t has two columns memory_bytes");
  EXPECT_EQ(error_of("vm  row t  {vm}  M.\n  @a  text  D.\n"),
            "table t has no column uuid, by which it is referred to");
  const std::string disk = "vm  row t  M.\n  disk  set as  D.\n    resource disks  {host}  {key path}  D.\n";
  EXPECT_EQ(error_of(disk + "    @a  text  D.\n"), "resource disks has no column (^)");
  EXPECT_EQ(error_of(disk + "    ^@a  text  D.\n"), "resource disks has no column path, named in its {key}");
}

}  // namespace
}  // namespace virtsql
