#include "core/catalog/catalog.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

#include "core/catalog/catalog_text.h"

namespace virtsql {
namespace {

std::string error_of(const std::string& text) {
  try {
    const Catalog catalog(std::vector<Catalog::File>{{"t.catalog", text}});
  } catch (const CatalogError& error) {
    return error.what();
  }
  return "";
}

TEST(CatalogLanguage, MakesColumnsFromLines) {
  const Catalog catalog(std::vector<Catalog::File>{{"t.catalog",
                                                    "struct shared  Said once.\n"
                                                    "  @queueSize  integer  How many.\n"
                                                    "vm  row machines  A machine.\n"
                                                    "  name  text {key}  Its name.\n"
                                                    "  driver  as_json\n"
                                                    "    use shared\n"
                                                    "    @io  mode  text  How.\n"
                                                    "  disk  rows machine_disks  A disk.\n"
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

TEST(CatalogLanguage, SaysWhereItIsWrong) {
  EXPECT_EQ(error_of("vm  row t  M.\n   @a  text  D.\n"), "t.catalog:2: indentation is two spaces a level");
  EXPECT_EQ(error_of("vm  row t  M.\n  @a  text\n"), "t.catalog:2: column a needs a meaning");
  EXPECT_EQ(error_of("vm  row t  M.\n  @a  D.\n"), "t.catalog:2: an attribute needs a type");
  EXPECT_EQ(error_of("vm  row t  M.\n  @a  text  D.\n  b  a text  D.\n"),
            "t.catalog:3: column t.a is there already, for @a");
  EXPECT_EQ(error_of("vm  row t  M.\n  use none\n"), "t.catalog:2: no struct none");
  EXPECT_EQ(error_of("vm  row t  M.\n  @a  text {nope}  D.\n"), "t.catalog:2: no mark {nope} for a column");
  EXPECT_EQ(error_of("vm  row t  M.\n  @id  text  D.\n"), "table t has two columns id");
}

TEST(StandardCatalog, DescribesWhatTheDesignNames) {
  const Catalog& catalog = Catalog::standard();
  for (const char* name : {"virtual_machines",
                           "disks",
                           "disk_attachments",
                           "ports",
                           "port_attachments",
                           "controllers",
                           "controller_attachments",
                           "input_devices",
                           "input_device_attachments",
                           "consoles",
                           "videos",
                           "video_attachments",
                           "sound_cards",
                           "sound_card_attachments",
                           "host_devices",
                           "host_device_attachments",
                           "mediated_devices",
                           "mediated_device_attachments",
                           "tpms",
                           "tpm_attachments",
                           "watchdogs",
                           "watchdog_attachments",
                           "serial_devices",
                           "serial_device_attachments",
                           "channel_devices",
                           "channel_device_attachments",
                           "filesystems",
                           "filesystem_attachments",
                           "smartcards",
                           "smartcard_attachments",
                           "usb_redirectors",
                           "usb_redirector_attachments",
                           "rng_devices",
                           "rng_device_attachments",
                           "panic_devices",
                           "panic_device_attachments",
                           "vsocks",
                           "vsock_attachments",
                           "memory_balloons",
                           "memory_balloon_attachments",
                           "shmem_devices",
                           "shmem_device_attachments",
                           "iommu_devices",
                           "iommu_device_attachments",
                           "boot_configs",
                           "cpus",
                           "cpu_tunes"})
    EXPECT_NE(catalog.find_table(name), nullptr) << name;
  EXPECT_TRUE(catalog.find_table("disk_attachments")->find("device_name")->unique);
  EXPECT_TRUE(catalog.find_table("port_attachments")->find("device_name")->unique);
  EXPECT_EQ(catalog.find_table("video_attachments")->ordinal, "monitor_index");
}

TEST(StandardCatalog, IsWholeByTheChecksThatLoadingItLeavesOut) {
  std::vector<Catalog::File> files;
  for (const CatalogText& text : kCatalogTexts) files.push_back({std::string(text.name), std::string(text.text)});
  EXPECT_NO_THROW(const Catalog checked(files));
}

TEST(StandardCatalog, HasNoDeadStructs) {
  EXPECT_TRUE(Catalog::standard().unused_structs().empty()) << Catalog::standard().unused_structs().front();
}

TEST(StandardCatalog, HasAMeaningForEveryColumnAndTable) {
  for (const Table* table : Catalog::standard().tables()) {
    EXPECT_GE(table->doc.size(), 10U) << table->name;
    for (const auto& column : table->columns) EXPECT_GE(column->doc.size(), 4U) << table->name << "." << column->name;
  }
}

TEST(StandardCatalog, OrdersOwnersBeforeWhatTheyOwn) {
  std::set<const Table*> seen;
  for (const Table* table : Catalog::standard().tables()) {
    for (const Table* before : std::array<const Table*, 2>{table->owner, table->resource})
      EXPECT_TRUE(!before || seen.contains(before)) << table->name;
    EXPECT_TRUE(seen.insert(table).second) << table->name;
  }
}

TEST(Singular, KnowsTheNamesOfTables) {
  EXPECT_EQ(singular("disks"), "disk");
  EXPECT_EQ(singular("disk_attachments"), "disk_attachment");
  EXPECT_EQ(singular("memory_balloons"), "memory_balloon");
  EXPECT_EQ(singular("launch_securities"), "launch_security");
  EXPECT_EQ(singular("boot_entries"), "boot_entry");
}

}  // namespace
}  // namespace virtsql
