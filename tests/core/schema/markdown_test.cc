// That sql/SCHEMA.md and its pages are what the generator gives now is tested by the test schema_reference.
#include "core/schema/markdown.h"

#include <gtest/gtest.h>

#include "core/catalog/builder.h"
#include "core/schema/listing.h"

namespace virtsql {
namespace {

constexpr char kVm[] =
    "domain  row virtual_machines  {vm}  A VM.\n"
    "  uuid  uuid  {key}  Its UUID.\n"
    "  devices  {devices}\n"
    "    lamp  set lamp_attachments  A lamp as one VM has it.\n"
    "      resource lamps  A lamp's model: a|b, <c>.\n"
    "      ^@model  model_name  text  Model.\n"
    "      bulb  set _bulbs  A bulb.\n"
    "        @watt  integer  Power.\n"
    "network  row networks  A network.\n"
    "  name  text  {key}  Its name.\n";

const std::map<std::string, std::string>& pages() {
  static const std::map<std::string, std::string> out =
      schema_pages(BuiltCatalog(std::vector<CatalogFile>{{"t.catalog", kVm}}));
  return out;
}

TEST(SchemaPages, AreOfOneThingEach) {
  std::string names;
  for (const auto& [path, text] : pages()) names += path + " ";
  EXPECT_EQ(names,
            "SCHEMA.md schema/findings.md schema/fixed.md schema/lamps.md schema/networks.md schema/views.md "
            "schema/virtual_machines.md ");
  const std::string& lamps = pages().at("schema/lamps.md");
  for (const char* heading :
       {"\n## vm_lamps\n", "\n## lamp_attachments\n", "\n## lamps\n", "\n## lamp_attachment_bulbs\n"})
    EXPECT_NE(lamps.find(heading), std::string::npos) << heading << lamps;
  EXPECT_NE(pages().at("schema/fixed.md").find("\n## captures\n"), std::string::npos);
  EXPECT_NE(pages().at("schema/views.md").find("\n## vms\n"), std::string::npos);
}

TEST(SchemaPages, SayHowTablesBelongTogether) {
  const std::string& lamps = pages().at("schema/lamps.md");
  EXPECT_NE(lamps.find("Attached by [lamp_attachments](lamps.md#lamp_attachments)."), std::string::npos) << lamps;
  EXPECT_NE(lamps.find("Attaches [lamps](lamps.md#lamps). Rows per row of "
                       "[virtual_machines](virtual_machines.md#virtual_machines)."),
            std::string::npos)
      << lamps;
  EXPECT_NE(lamps.find("| `watt` | integer | `/domain/devices/lamp/bulb/@watt` | Power. |"), std::string::npos)
      << lamps;
}

TEST(SchemaPages, WhatMarkdownWouldReadIsEscaped) {
  EXPECT_NE(pages().at("schema/lamps.md").find("A lamp's model: a\\|b, \\<c>."), std::string::npos);
}

TEST(SchemaPages, TheFirstHasThePlanAndEveryTableWithItsPage) {
  const std::string& first = pages().at("SCHEMA.md");
  EXPECT_NE(first.find("\n## The plan, and where it is\n"), std::string::npos);
  const BuiltCatalog catalog(std::vector<CatalogFile>{{"t.catalog", kVm}});
  for (const Listed& table : list_schema(catalog))
    EXPECT_NE(first.find("| [" + table.name + "](schema/"), std::string::npos) << table.name;
  EXPECT_NE(first.find("| [vm_lamps](schema/lamps.md#vm_lamps) | writable view | A lamp as one VM has it. |"),
            std::string::npos);
}

TEST(SchemaPages, APageThatNobodyCouldReadIsRefused) {
  std::string columns;
  for (int i = 0; i < 200; ++i) columns += "  c" + std::to_string(i) + "  text  " + std::string(1000, 'x') + ".\n";
  const BuiltCatalog wide(std::vector<CatalogFile>{{"t.catalog", kVm + columns}});
  EXPECT_THROW(schema_pages(wide), CatalogError);
}

}  // namespace
}  // namespace virtsql
