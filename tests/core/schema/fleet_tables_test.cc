#include "core/schema/fleet_tables.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace virtsql {
namespace {

const std::vector<FleetTable>& tables() {
  static const std::vector<FleetTable> all = fleet_tables(Catalog::standard());
  return all;
}

const FleetTable& table(std::string_view name) {
  const auto found =
      std::find_if(tables().begin(), tables().end(), [&](const FleetTable& table) { return table.name == name; });
  EXPECT_NE(found, tables().end()) << name;
  return *found;
}

const FleetColumn* column(const FleetTable& table, std::string_view name) {
  const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                  [&](const FleetColumn& column) { return column.name == name; });
  return found == table.columns.end() ? nullptr : &*found;
}

TEST(FleetTables, AreThoseOfTheCatalogAndOfWhatAHostKnowsBesides) {
  for (const Table* known : Catalog::standard().tables()) EXPECT_EQ(table(known->name).doc, known->doc);
  for (const char* name : {"hosts", "vm_states", "vendor_options", "virtumancer_imports"})
    EXPECT_FALSE(table(name).columns.empty());
  EXPECT_EQ(tables().size(), Catalog::standard().tables().size() + 4);
}

TEST(FleetTables, HaveTheCatalogsTypes) {
  const FleetTable& vms = table("virtual_machines");
  EXPECT_EQ(column(vms, "memory")->type, FleetType::kBigint);
  EXPECT_EQ(column(vms, "memory_bytes")->type, FleetType::kBigint);
  EXPECT_EQ(column(vms, "uuid")->type, FleetType::kText);
  EXPECT_EQ(column(vms, "rows_sha256")->type, FleetType::kBytea);
  EXPECT_EQ(column(table("disk_attachments"), "read_only")->type, FleetType::kSmallint);
  EXPECT_EQ(column(table("vm_snapshots"), "vm_uuid")->type, FleetType::kUuid);
  EXPECT_TRUE(column(table("ports"), "mac_address")->looked_up);
}

TEST(FleetTables, KnowWhoseTheirRowsAre) {
  EXPECT_TRUE(table("virtual_machines").of_vm);
  EXPECT_EQ(table("virtual_machines").owner_key, "uuid");
  EXPECT_TRUE(table("disk_attachments").of_vm);
  EXPECT_EQ(table("disk_attachments").owner_key, "vm_uuid");
  EXPECT_EQ(table("disk_attachments").owner, "");
  EXPECT_EQ(table("disk_attachments").resource_key, "disk_id");
  EXPECT_EQ(column(table("disk_attachments"), "vm_uuid"), nullptr);  // not listed: every table of a VM has this column
  EXPECT_TRUE(table("disk_layers").of_vm);
  EXPECT_EQ(table("disk_layers").owner, "disk_attachments");
  EXPECT_FALSE(table("disks").of_vm);
  EXPECT_FALSE(table("networks").of_vm);
  EXPECT_TRUE(table("vm_states").of_vm);
  EXPECT_EQ(table("vm_states").id, "host_id");
}

TEST(FleetTables, ComeAfterTheirOwners) {
  std::set<std::string> seen;
  for (const FleetTable& table : tables()) {
    EXPECT_TRUE(table.owner.empty() || seen.contains(table.owner)) << table.name;
    seen.insert(table.name);
  }
}

TEST(FleetTables, RenameWhatTheStoreCallsSomethingElse) {
  const FleetTable& imports = table("virtumancer_imports");
  EXPECT_EQ(column(imports, "source_id"), nullptr);
  ASSERT_NE(column(imports, "host_source_id"), nullptr);
  EXPECT_EQ(column(imports, "host_source_id")->host_name, "source_id");
}

}  // namespace
}  // namespace virtsql
