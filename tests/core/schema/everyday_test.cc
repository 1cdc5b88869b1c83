// The everyday views are what the contract says they are, and the catalog cannot take their names.
#include "core/schema/everyday.h"

#include <gtest/gtest.h>

#include <map>

#include "core/catalog/builder.h"

namespace virtsql {
namespace {

std::string column_names(const Described& view) {
  std::string out;
  for (const Described::Column& column : view.columns) out += (out.empty() ? "" : ", ") + column.name;
  return out;
}

TEST(Everyday, ViewsHaveTheColumnsThatOthersRelyOn) {
  const std::map<std::string, std::string> expected = {
      {"vms",
       "host, name, uuid, title, state, autostart, persistent, vcpus, memory_mib, machine, firmware, secure_boot, "
       "source, "
       "sync_status, last_seen"},
      {"vm_devices",
       "host, vm_name, vm_uuid, position, element, name, model, source, details, pci_address, alias, table_name, id"},
      {"vm_images",
       "host, vm_name, vm_uuid, target, device, bus, depth, format, image, pool, volume, capacity_bytes, serial, "
       "read_only, shareable"},
      {"vm_interfaces",
       "host, vm_name, vm_uuid, mac, type, network, portgroup, bridge, dev, model, target, vlan, link, pci_address"},
      {"vm_graphics", "host, vm_name, vm_uuid, type, port, autoport, listen, open_to_all"},
      {"vm_cpu_pins", "host, vm_name, vm_uuid, kind, vcpu, cpu"},
      {"events",
       "captured_at, host, vm_name, vm_uuid, kind, operation, sub_operation, config, source, exact, error, capture_id"},
      {"host_capacity",
       "host, cpus, memory_mib, cells, vms, vcpus_defined, memory_mib_defined, vcpus_running, memory_mib_running"},
      {"host_machines", "host, arch, machine, canonical, max_cpus, deprecated"},
      {"host_files", "host, vm_name, vm_uuid, path, role, table_name, column_name"},
      {"findings", "host, vm_name, vm_uuid, severity, rule, detail"},
      {"volume_attachments", "vm_uuid, disk_attachment_id, device_name, disk_id, volume_id, volume_name, path"}};
  std::map<std::string, std::string> found;
  for (const Described& view : everyday_views())
    if (view.is_everyday) found[view.name] = column_names(view);
  EXPECT_EQ(found, expected);
}

TEST(Everyday, EveryViewAndColumnSaysWhatItIs) {
  for (const auto* list : {&everyday_views(), &fixed_tables()}) {
    for (const Described& table : *list) {
      EXPECT_FALSE(table.doc.empty()) << table.name;
      EXPECT_FALSE(table.columns.empty() && !table.is_view) << table.name;
    }
  }
  for (const Described& view : everyday_views()) {
    for (const Described::Column& column : view.columns) {
      EXPECT_TRUE(column.type == "text" || column.type == "integer") << view.name << "." << column.name << column.type;
      EXPECT_TRUE(column.doc.ends_with(".")) << view.name << "." << column.name;
    }
  }
}

TEST(Everyday, CatalogTablesCannotTakeTheirNames) {
  const auto catalog = [](const std::string& resource) {
    return BuiltCatalog(std::vector<CatalogFile>{{"test.catalog",
                                                  "domain  row virtual_machines  {vm}  A VM.\n"
                                                  "  uuid  uuid  {key}  Its UUID.\n"
                                                  "  devices  {devices}\n"
                                                  "    thing  set thing_attachments  A thing.\n"
                                                  "      resource " +
                                                      resource +
                                                      "  What it is.\n"
                                                      "      ^@type  type  text  Its type.\n"}});
  };
  EXPECT_NO_THROW(everyday_ddl(catalog("things")));
  for (const char* name : {"images", "devices", "graphics"})
    EXPECT_THROW(everyday_ddl(catalog(name)), CatalogError) << "vm_" << name << " would be there twice";
}

}  // namespace
}  // namespace virtsql
