#include "core/catalog/catalog.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <type_traits>

#include "core/catalog/builder.h"
#include "core/schema/ddl.h"
#include "core/schema/markdown.h"

namespace virtsql {
namespace {

// The bit of a table in its owner's `child_tables`, which says that the table may have rows and must be read.
TEST(ChildTables, ATableHasItsBitWhateverTablesComeBesideIt) {
  const std::string machine = "vm  row machines  A machine.\n  name  text {key}  Its name.\n";
  const std::string disk = "  disk  set machine_disks  A disk.\n    @dev  text  Its name.\n";
  const std::string fan = "  fan  set machine_fans  A fan.\n    @size  integer  How large.\n";
  const BuiltCatalog before(std::vector<CatalogFile>{{"t.catalog", machine + disk}});
  const BuiltCatalog after(std::vector<CatalogFile>{{"t.catalog", machine + fan + disk}});
  const Table& disks = *before.find_table("machine_disks");
  EXPECT_EQ(disks.bit, after.find_table("machine_disks")->bit);
  EXPECT_TRUE(disks.may_be_in(disks.bit));
  EXPECT_TRUE(disks.may_be_in(-1));
  EXPECT_FALSE(disks.may_be_in(~disks.bit));
  EXPECT_TRUE(disks.owner->has_bits());
  EXPECT_EQ(before.find_table("machines")->bit, 0);
}

TEST(ChildTables, AUsualTableIsAlwaysRead) {
  const BuiltCatalog catalog(std::vector<CatalogFile>{{"t.catalog",
                                                       "vm  row machines  A machine.\n"
                                                       "  name  text {key}  Its name.\n"
                                                       "  disk  set machine_disks  {usual}  A disk.\n"
                                                       "    @dev  text  Its name.\n"}});
  const Table& disks = *catalog.find_table("machine_disks");
  EXPECT_EQ(disks.bit, 0);
  EXPECT_TRUE(disks.may_be_in(0));
  EXPECT_FALSE(disks.owner->has_bits());
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

// The catalog of the source tree's files, read while the test runs. Catalog::standard() is the one compiled in.
const BuiltCatalog& built() {
  static const BuiltCatalog catalog(read_catalog_files(VIRTSQL_CATALOG_DIR));
  return catalog;
}

// Appends everything that the catalog says of the element and of those below it, as text without addresses.
void describe(const Element& element, std::string& out) {
  const auto column = [&](const Column* held) {
    if (held) out += " " + held->table->name + "." + held->name;
  };
  out += element.path + " " + element.relative_path + " " + element.token;
  column(element.text);
  column(element.flag);
  column(element.json);
  for (const Attribute& attribute : element.attributes) {
    out += " @" + attribute.name;
    column(attribute.column);
    column(attribute.spelled_after);
  }
  for (const std::uint32_t number : {element.first_slot, element.end_slot, element.first_child_slot,
                                     element.end_child_slot, element.child_slot, element.occurrence})
    out += " " + std::to_string(number);
  for (const Element* row : element.row_elements) out += " " + row->path;
  if (element.recursion) out += " like " + element.recursion->path;
  out += "\n";
  for (const Element* child : element.children) {
    EXPECT_EQ(child->parent, &element) << child->path;
    describe(*child, out);
  }
}

std::string description(const Catalog& catalog) {
  std::string out;
  for (const Element* root : catalog.roots()) describe(*root, out);
  return out;
}

// The catalog's constants need no code to run when a program starts (the compiler checks that: constinit) or ends.
static_assert(std::is_trivially_destructible_v<Catalog> && std::is_trivially_destructible_v<Element> &&
              std::is_trivially_destructible_v<Column> && std::is_trivially_destructible_v<Table>);

// Databases store these bits. If they changed, every database would need a migration; without one, rows would be lost.
// RowStore finds the owner of a row by its element's `of_resource`.
TEST(StandardCatalog, RowsBelongToTheRowAboveToItsResourceOrToItsOwner) {
  for (const Table* table : Catalog::standard().tables())
    for (const Element* element : table->elements)
      for (const Element* below : element->row_elements)
        EXPECT_EQ(below->table->owner, below->table == table ? table->owner
                                       : below->of_resource  ? table->resource
                                                             : table)
            << below->path;
}

TEST(StandardCatalog, KeepsTheBitsThatDatabasesHold) {
  const auto bit = [](const char* table) { return Catalog::standard().find_table(table)->bit; };
  EXPECT_EQ(bit("vcpus"), INT64_C(1) << 50);
  EXPECT_EQ(bit("disk_layers"), INT64_C(1) << 55);
  EXPECT_EQ(bit("metadata"), INT64_C(1) << 6);
}

TEST(StandardCatalog, SaysWhatTheFilesSay) {
  const Catalog& standard = Catalog::standard();
  EXPECT_EQ(description(standard), description(built()));
  EXPECT_EQ(schema_ddl(standard), schema_ddl(built()));
  EXPECT_EQ(schema_pages(standard), schema_pages(built()));
  for (const Table* table : standard.tables()) EXPECT_EQ(standard.find_table(table->name), table) << table->name;
  EXPECT_EQ(standard.find_table("no_such_table"), nullptr);
}

// Returns the first element of the table.
const Element& element_of(std::string_view table) { return *Catalog::standard().find_table(table)->elements[0]; }

TEST(StandardCatalog, SaysWhichListsAreReadInOrder) {
  for (const char* table :
       {"qemu_arguments", "xen_arguments", "bhyve_arguments", "init_arguments", "usb_redirection_filter_rules",
        "disk_attachment_throttle_filters", "sysinfo_oem_strings", "acpi_tables", "network_dnsmasq_options"})
    EXPECT_TRUE(element_of(table).ordered) << table;
  for (const char* table :
       {"disk_attachments", "port_attachments", "controller_attachments", "cpu_features", "numa_cells", "vcpu_pins",
        "network_ip_dhcp_hosts", "metadata", "qemu_environments", "bhyve_environments", "init_environments"})
    EXPECT_FALSE(element_of(table).ordered) << table;
}

TEST(StandardCatalog, KnowsTheUnitWhereNoneIsWritten) {
  const auto unit = [](std::string_view table, std::string_view column) {
    const Table& of = *Catalog::standard().find_table(table);
    EXPECT_EQ(of.find_computed(std::string(column) + "_bytes")->default_unit, of.find(column)->marks->default_unit);
    return of.find(column)->marks->default_unit;
  };
  EXPECT_EQ(unit("virtual_machines", "memory"), 1024);
  EXPECT_EQ(unit("cache_tune_caches", "size"), 1024);
  EXPECT_EQ(unit("numa_caches", "size_value"), 1024);
  EXPECT_EQ(unit("numa_caches", "line"), 1);
  EXPECT_EQ(unit("numa_bandwidths", "value"), 1024);
  EXPECT_EQ(unit("volumes", "capacity"), 1);
  EXPECT_EQ(unit("volumes", "allocation"), 1);
  EXPECT_EQ(unit("storage_pools", "capacity"), 1);
  EXPECT_EQ(unit("shmem_devices", "size"), 1);
  EXPECT_EQ(unit("filesystem_attachments", "space_hard_limit"), 1);
}

TEST(StandardCatalog, KnowsNamespacesByTheirUri) {
  const auto uri = [](std::string_view table) { return element_of(table).declaration->marks->namespace_uri; };
  EXPECT_EQ(uri("qemu_arguments"), "http://libvirt.org/schemas/domain/qemu/1.0");
  EXPECT_EQ(uri("xen_arguments"), "http://libvirt.org/schemas/domain/xen/1.0");
  EXPECT_EQ(uri("network_dnsmasq_options"), "http://libvirt.org/schemas/network/dnsmasq/1.0");
  EXPECT_EQ(uri("storage_pool_mount_options"), "http://libvirt.org/schemas/storagepool/fs/1.0");
  EXPECT_EQ(element_of("disk_attachments").declaration, nullptr);
}

TEST(StandardCatalog, HasNoDeadStructs) {
  EXPECT_TRUE(built().unused_structs().empty()) << built().unused_structs().front();
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
