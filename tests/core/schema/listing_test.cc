#include "core/schema/listing.h"

#include <algorithm>

#include "tests/core/store/fixture.h"

namespace virtsql {
namespace {

const std::vector<Listed>& listed() {
  static const std::vector<Listed> list = list_schema(Catalog::standard());
  return list;
}

const Listed& find(const std::string& name) {
  const auto found =
      std::find_if(listed().begin(), listed().end(), [&](const Listed& each) { return each.name == name; });
  if (found == listed().end()) throw std::runtime_error("not listed: " + name);
  return *found;
}

std::string column(const std::string& table, const std::string& name) {
  for (const Listed::Column& each : find(table).columns)
    if (each.name == name) return each.type + "|" + each.xml_path + "|" + each.doc;
  return "no column";
}

using ListingTest = test::StoreFixture;

// Whoever looks for a table of the database finds it here, with its columns in their order, and nothing else.
TEST_F(ListingTest, IsWhatTheDatabaseHas) {
  EXPECT_EQ(listed().size(), static_cast<std::size_t>(
                                 number("SELECT count(*) FROM sqlite_master WHERE type IN ('table', 'view') AND name "
                                        "NOT GLOB 'sqlite_*'")));
  for (const Listed& each : listed()) {
    std::string columns;
    for (const Listed::Column& one : each.columns) columns += (columns.empty() ? "" : ",") + one.name;
    EXPECT_EQ(text("SELECT group_concat(name) FROM pragma_table_xinfo('" + each.name + "')"), columns) << each.name;
  }
}

TEST_F(ListingTest, EverythingSaysWhatItIs) {
  for (const Listed& each : listed()) {
    EXPECT_NE(each.doc, "") << each.name;
    // In sql/schema.sql a comment is left out if the name says it all.
    const bool by_hand =
        !Catalog::standard().find_table(each.name) && (each.kind == "table" || each.kind == "internal");
    for (const Listed::Column& one : each.columns)
      EXPECT_TRUE(by_hand || !one.doc.empty()) << each.name << "." << one.name;
  }
}

TEST_F(ListingTest, WhatPeopleNeedComesFirst) {
  const std::vector<std::string> order = {"everyday", "writable view", "view", "table", "internal"};
  std::size_t last = 0;
  for (const Listed& each : listed()) {
    const auto rank = static_cast<std::size_t>(std::find(order.begin(), order.end(), each.kind) - order.begin());
    ASSERT_LT(rank, order.size()) << each.kind;
    EXPECT_GE(rank, last) << each.name;
    last = rank;
  }
  EXPECT_EQ(find("vms").kind, "everyday");
  EXPECT_EQ(find("vm_disks").kind, "writable view");
  EXPECT_EQ(find("vm_cpus").kind, "view");
  EXPECT_EQ(find("attachment_indices").kind, "view");
  EXPECT_EQ(find("disks").kind, "table");
  EXPECT_EQ(find("captures").kind, "table");
  EXPECT_EQ(find("virtsql_database").kind, "internal");
  EXPECT_EQ(find("defined_vms").kind, "internal");
}

TEST_F(ListingTest, AColumnSaysItsTypeAndItsPlaceInTheXml) {
  EXPECT_EQ(column("disk_attachments", "driver_cache").substr(0, 43), "text|/domain/devices/disk/driver/@cache|Use");
  EXPECT_EQ(column("vm_disks", "driver_cache"), column("disk_attachments", "driver_cache"));
  EXPECT_EQ(column("disk_attachments", "id"), "housekeeping||Key of the row.");
  EXPECT_EQ(column("vm_disks", "host"), "text||Name of the VM's host.");
  EXPECT_EQ(column("virtual_machines", "memory_bytes").substr(0, 11), "generated||");
  EXPECT_EQ(column("disk_attachments", "driver_json"), "no column") << "it is in the view alone";
  EXPECT_EQ(column("vm_disks", "driver_json").substr(0, 11), "generated||");
}

}  // namespace
}  // namespace virtsql
