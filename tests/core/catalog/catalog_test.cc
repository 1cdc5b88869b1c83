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

std::string error_of(const std::string& text) {
  try {
    const BuiltCatalog catalog(std::vector<CatalogFile>{{"t.catalog", text}});
  } catch (const CatalogError& error) {
    return error.what();
  }
  return "";
}

TEST(CatalogLanguage, MakesColumnsFromLines) {
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

// The bit of a table in its owner's `child_tables`, which says that the table may have rows and must be read.
TEST(CatalogLanguage, ATableHasItsBitWhateverTablesComeBesideIt) {
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

TEST(CatalogLanguage, AUsualTableIsAlwaysRead) {
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

TEST(CatalogLanguage, HasNoColumnForASecret) {
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

TEST(CatalogLanguage, SaysWhereItIsWrong) {
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

TEST(CatalogLanguage, SaysWhatViewsShowOfOtherRows) {
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

TEST(CatalogLanguage, SaysWhatOtherThingsOfTheHostMaySay) {
  const std::string net =
      "net  row nets {named name}  A network.\n  name  text {key}  Name.\n"
      "  group  set net_groups  A group.\n    limit\n      @rate  integer  Rate.\n";
  const auto vm = [](const std::string& mark) {
    return "vm  row machines  A machine.\n  @net  text  Network.\n  limit  " + mark +
           " {started if @net}\n    @rate  integer  Rate.\n    @burst  integer  Burst.\n";
  };
  const BuiltCatalog catalog(std::vector<CatalogFile>{{"t.catalog", net + vm("{inherited net net_groups}")}});
  const Table& machines = *catalog.find_table("machines");
  const Column* rate = machines.find("limit_rate");
  ASSERT_NE(rate, nullptr);
  EXPECT_EQ(rate->marks->inherited, catalog.find_table("net_groups")->find("limit_rate"));
  EXPECT_EQ(rate->marks->inherited_by, machines.find("net"));
  EXPECT_EQ(machines.find("limit_burst")->marks->inherited, nullptr);
  for (const char* mark : {"{inherited other net_groups}", "{inherited net nets}", "{inherited net others}"})
    EXPECT_NE(error_of(net + vm(mark)).find("{inherited "), std::string::npos) << mark;
}

TEST(CatalogLanguage, SaysWhenLibvirtAddsARow) {
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

TEST(CatalogLanguage, SaysWhichColumnsAnElementOfATableHasNot) {
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
