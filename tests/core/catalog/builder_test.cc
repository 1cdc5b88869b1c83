// What the lines of the catalog make. What they refer to is resolved at the end: resolve_test.cc.
#include "core/catalog/builder.h"

#include <gtest/gtest.h>

#include <memory>

#include "tests/core/catalog/line.h"

namespace virtsql {
namespace {

using test::error_of;
using test::file_of;

TEST(BuiltCatalogs, MakesColumnsFromLines) {
  const BuiltCatalog catalog(std::vector<CatalogFile>{{"t.catalog",
                                                       "struct shared  Said once.\n"
                                                       "  @queueSize  integer  How many.\n"
                                                       "vm  row machines  A machine.\n"
                                                       "  name  text {key}  Its name.\n"
                                                       "  driver  as_json\n"
                                                       "    use shared\n"
                                                       "    @io  mode  text  How.\n"
                                                       "  disk  set machine_disks  A disk.\n"
                                                       "    @dev  text  Its name.\n"}});
  const Table& machines = *catalog.find_table("machines");
  ASSERT_NE(machines.find("driver_queue_size"), nullptr);
  EXPECT_EQ(machines.find("driver_queue_size")->xml_path, "/vm/driver/@queueSize");
  EXPECT_EQ(machines.find("driver_queue_size")->type, Type::kInteger);
  EXPECT_EQ(machines.find("driver_queue_size")->doc, "How many.");
  ASSERT_NE(machines.find("mode"), nullptr);
  EXPECT_TRUE(machines.find("name")->key);
  ASSERT_EQ(machines.computed.size(), 1U);
  EXPECT_EQ(machines.computed[0].name, "driver_json");
  const Table& disks = *catalog.find_table("machine_disks");
  EXPECT_EQ(disks.owner, &machines);
  EXPECT_EQ(disks.owner_key, "machine_id");
  EXPECT_FALSE(disks.one_per_owner);
}

TEST(BuiltCatalogs, HasNoColumnForASecret) {
  const BuiltCatalog catalog(std::vector<CatalogFile>{{"t.catalog",
                                                       "vm  row machines  A machine.\n"
                                                       "  name  text {key}  Its name.\n"
                                                       "  screen\n"
                                                       "    @passwd  {secret}  Its password.\n"
                                                       "    @port  integer  Its port.\n"
                                                       "  cookies  {secret}  What it says to servers.\n"}});
  EXPECT_EQ(catalog.find_table("machines")->columns.size(), 2U);
  const Element& vm = catalog.root("vm");
  ASSERT_EQ(vm.marks->secret_children.size(), 1U);
  EXPECT_EQ(vm.marks->secret_children[0], "cookies");
  ASSERT_EQ(vm.children.back()->marks->secret_attributes.size(), 1U);
  EXPECT_EQ(vm.children.back()->marks->secret_attributes[0], "passwd");
  EXPECT_NE(error_of("vm  row machines  A machine.\n  @passwd  text {secret}  Its password.\n").find("a secret has"),
            std::string::npos);
}

TEST(BuiltCatalogs, SaysWhereItIsWrong) {
  EXPECT_EQ(error_of("vm  row t  M.\n   @a  text  D.\n"), "t.catalog:2: indentation is two spaces a level");
  EXPECT_EQ(error_of("vm  row t  M.\n  @a  text\n"), "t.catalog:2: column a needs a meaning");
  EXPECT_EQ(error_of("vm  row t  M.\n  @a  D.\n"), "t.catalog:2: an attribute needs a type");
  EXPECT_EQ(error_of("vm  row t  M.\n  @a  text  D.\n  b  a text  D.\n"),
            "t.catalog:3: column t.a is there already, for @a");
  EXPECT_EQ(error_of("vm  row t  M.\n  use none\n"), "t.catalog:2: no struct none");
  EXPECT_EQ(error_of("vm  row t  M.\n  @a  text {nope}  D.\n"), "t.catalog:2: no mark {nope} for a column");
  EXPECT_EQ(error_of("vm  row t  M.\n  @id  text  D.\n"), "table t has two columns id");
  EXPECT_EQ(error_of("vm  row t  M.\n  a  rows as  D.\n    @a  text  D.\n"),
            "t.catalog:2: say whether the order of the rows has a meaning: `list`, or else `set`");
  EXPECT_EQ(error_of("vm  row t  M.\n  @a  text {unit KiB}  D.\n"),
            "t.catalog:2: write {unit bytes}, {unit KiB} or {unit MiB}, of a size");
  EXPECT_EQ(error_of("vm  row t  M.\n  @a  text {each}  D.\n"), "t.catalog:2: {each} is a mark of a cpuset");
  EXPECT_EQ(error_of("vm  row t  M.\n  @a  size {limited b}  D.\n"), "/vm/@a: {limited b}: t has no such column");
  EXPECT_EQ(error_of("vm  row t  M.\n  @a  text {repeated b}  D.\n"),
            "/vm/@a: {repeated b}: it is a mark of one of several rows");
  EXPECT_EQ(error_of("vm  row t  M.\n  x  list xs  M.\n    @a  text {repeated b}  D.\n"),
            "/vm/x/@a: {repeated b}: t has no such column");
  EXPECT_EQ(error_of("vm  row t  M.\n  @b  text  D.\n  x  list xs  M.\n    @a  text {repeated b if @a=y*}  D.\n"),
            "/vm/x/@a: {repeated b}: its conditions are about columns of xs, without patterns");
  EXPECT_EQ(error_of("vm  row t  M.\n  @a  text {dropped 1 if @b}  D.\n"),
            "/vm: {... if @b}: there is no such attribute in the row");
  EXPECT_EQ(error_of("vm  row t  M.\n  q:a  text  D.\n"), "/vm/q:a: its root has no @xmlns:q with {namespace URI}");
  EXPECT_EQ(error_of("vm  row t  M.\n  @a  text {seen b u c}  D.\n"),
            "/vm/@a: {seen b ...}: u has no column a, or none c");
  EXPECT_EQ(error_of("vm  row t  M.\n  @a  text {live if @b @c=d}  D.\n"),
            "/vm: {... if @b}: there is no such attribute in the row");
}

// The name of a column is its path from the row's element, unless the line names it.
TEST(BuiltCatalogs, NameColumnsByTheirPlace) {
  const BuiltCatalog catalog(
      file_of("vm  row machines  A machine.\n"
              "  name  text  Its name.\n"
              "  driver\n"
              "    @queueSize  integer  How many.\n"
              "    inner\n"
              "      @io  mode  text  How.\n"
              "  boot#1\n"
              "    @dev  boot_1  text  First.\n"
              "  boot#2\n"
              "    @dev  boot_2  text  Second.\n"
              "  readonly  flag  Whether it is.\n"
              "  fan  set _fans  A fan.\n"
              "    text()  speed  integer  How fast.\n"));
  const Table& machines = *catalog.find_table("machines");
  std::string columns;
  for (const Column* column : machines.columns) columns += column->name + " " + column->xml_path + "\n";
  EXPECT_EQ(columns,
            "name /vm/name/text()\n"
            "driver_queue_size /vm/driver/@queueSize\n"
            "mode /vm/driver/inner/@io\n"
            "boot_1 /vm/boot/@dev\n"
            "boot_2 /vm/boot#2/@dev\n"
            "readonly /vm/readonly/\n");
  EXPECT_EQ(machines.find("mode")->relative_path, "driver/inner/@io");
  ASSERT_NE(catalog.find_table("machine_fans"), nullptr) << "the table around completes the name";
  EXPECT_EQ(catalog.find_table("machine_fans")->find("speed")->xml_path, "/vm/fan/text()");
}

TEST(BuiltCatalogs, KeepWhatTheyAreMadeOf) {
  auto text = std::make_unique<std::string>("vm  row machines  A machine.\n  name  text  Its name.\n");
  const BuiltCatalog catalog(file_of(*text));
  text.reset();
  EXPECT_EQ(catalog.find_table("machines")->find("name")->doc, "Its name.");
  EXPECT_EQ(catalog.roots().size(), 1U);
  EXPECT_THROW(catalog.root("network"), CatalogError);
}

TEST(BuiltCatalogs, AreMadeOfAllFilesTogether) {
  const BuiltCatalog catalog({{"a.catalog", "vm  row machines  A machine.\n  use shared\n"},
                              {"b.catalog",
                               "struct shared  Said once.\n  name  text  Its name.\n"
                               "struct dead  Used nowhere.\n  @a  text  A.\n"}});
  EXPECT_NE(catalog.find_table("machines")->find("name"), nullptr);
  EXPECT_EQ(catalog.unused_structs(), std::vector<std::string>{"b.catalog: dead"});
}

TEST(BuiltCatalogs, PartAResourceFromItsAttachment) {
  const BuiltCatalog catalog(
      file_of("vm  row machines  A machine.\n"
              "  disk  set disk_attachments  A disk as one machine has it.\n"
              "    resource disks  {host}  {key path}  A disk.\n"
              "    ^@path  path  Where it is.\n"
              "    @dev  text  {key}  Its name.\n"));
  const Table& attachments = *catalog.find_table("disk_attachments");
  const Table& disks = *catalog.find_table("disks");
  EXPECT_EQ(attachments.resource, &disks);
  EXPECT_EQ(disks.attachment, &attachments);
  EXPECT_TRUE(disks.host_scoped);
  EXPECT_EQ(attachments.resource_key, "disk_id");
  EXPECT_EQ(attachments.find("path"), nullptr);
  ASSERT_EQ(attachments.row_columns.size(), 2U) << "a row in memory has the columns of both";
  EXPECT_EQ(attachments.row_columns[0]->table, &disks);
  EXPECT_EQ(attachments.row_columns[1]->table, &attachments);
}

TEST(BuiltCatalogs, AnElementThatNestsInItselfIsDescribedOnce) {
  const BuiltCatalog catalog(
      file_of("vm  row machines  A machine.\n"
              "  image  row images  An image.\n"
              "    @file  text  Its file.\n"
              "    image  row _  The image below.\n"));
  const Table& images = *catalog.find_table("images");
  EXPECT_TRUE(images.recursive);
  EXPECT_FALSE(images.one_per_owner);
  const Element& outer = *images.elements[0];
  ASSERT_EQ(outer.row_elements.size(), 1U);
  EXPECT_EQ(outer.row_elements[0]->recursion, &outer);
  EXPECT_EQ(&outer.row_elements[0]->shape(), &outer);
}

}  // namespace
}  // namespace virtsql
