#include "core/schema/view_columns.h"

#include <gtest/gtest.h>

#include "core/catalog/builder.h"

namespace virtsql {
namespace {

constexpr char kVm[] =
    "domain  row virtual_machines  {vm}  A VM.\n"
    "  uuid  uuid  {key}  Its UUID.\n"
    "  devices  {devices}\n";

const Catalog& catalog() {
  static const BuiltCatalog catalog(
      std::vector<CatalogFile>{{"t.catalog", std::string(kVm) + "    lamp  set lamp_attachments  A lamp.\n"
                                                                "      resource lamps  A lamp's model.\n"
                                                                "      ^@type  text  Type.\n"
                                                                "      driver  as_json\n"
                                                                "        @queues  integer  Queues.\n"
                                                                "      source\n"
                                                                "        @file  path  {index}  Source.\n"
                                                                "      name  text  {key}  Name.\n"
                                                                "      ^vendor  name  text  Maker.\n"
                                                                "    bell  row bells  A bell.\n"
                                                                "      @tone  text  Its tone.\n"
                                                                "    gong  row bells\n"
                                                                "      @size  integer  Its size.\n"}});
  return catalog;
}

std::string names(const char* table) {
  std::string out;
  for (const ViewColumn& column : view_columns(*catalog().find_table(table)))
    out += (out.empty() ? "" : " ") + column.name;
  return out;
}

TEST(ViewColumns, ShowFirstWhatPeopleLookFor) {
  EXPECT_EQ(names("lamp_attachments"),
            "host vm_name vm_uuid name type source_file driver_queues lamp_name driver_json position lamp_id id");
  EXPECT_EQ(names("bells"), "host vm_name vm_uuid element tone size id");
}

TEST(ViewColumns, SayWhereTheyComeFrom) {
  for (const ViewColumn& column : view_columns(*catalog().find_table("lamp_attachments"))) {
    if (column.name == "lamp_name") {
      EXPECT_EQ(column.kind, ViewColumn::Kind::kStored);
      EXPECT_TRUE(column.of_resource);
      EXPECT_EQ(column.in_table, "name");
      EXPECT_EQ(column.column, catalog().find_table("lamps")->find("name"));
    } else if (column.name == "driver_json") {
      EXPECT_EQ(column.kind, ViewColumn::Kind::kComputed);
      EXPECT_NE(column.computed, nullptr);
    } else if (column.name == "position") {
      EXPECT_EQ(column.kind, ViewColumn::Kind::kPlace);
    }
  }
}

TEST(ViewColumns, TwoOfOneNameAreAnErrorOfTheCatalog) {
  const BuiltCatalog twice(
      std::vector<CatalogFile>{{"t.catalog", std::string(kVm) + "    lamp  set lamps  A lamp.\n"
                                                                "      host  text  Where it hangs.\n"}});
  EXPECT_THROW(view_columns(*twice.find_table("lamps")), CatalogError);
}

TEST(ViewNames, AreThoseOfTheResourceIfThereIsOne) {
  const Table& lamps = *catalog().find_table("lamp_attachments");
  EXPECT_EQ(view_name(lamps), "vm_lamps");
  EXPECT_EQ(view_name(*catalog().find_table("bells")), "vm_bells");
  EXPECT_EQ(table_of_view(catalog(), "vm_lamps"), &lamps);
  EXPECT_EQ(table_of_view(catalog(), "lamps"), nullptr);
  EXPECT_EQ(table_of_view(catalog(), "vm_virtual_machines"), nullptr);
}

TEST(ViewNames, AColumnOfTheResourceGetsItsNameOnlyIfItMust) {
  const Table& lamps = *catalog().find_table("lamp_attachments");
  EXPECT_EQ(name_in_view(lamps, "type"), "type");
  EXPECT_EQ(name_in_view(lamps, "name"), "lamp_name");
}

TEST(ViewNames, TheJsonOfADeviceIsInItsViewAlone) {
  const Table& lamps = *catalog().find_table("lamp_attachments");
  EXPECT_TRUE(is_in_view_alone(*lamps.find_computed("driver_json")));
  const Table& vms = *Catalog::standard().find_table("virtual_machines");
  EXPECT_FALSE(is_in_view_alone(*vms.find_computed("memory_bytes")));
}

}  // namespace
}  // namespace virtsql
