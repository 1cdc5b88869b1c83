#include "core/virtumancer/domain.h"

#include <set>
#include <string>

#include "core/virtumancer/device_kinds.h"
#include "core/virtumancer/ignored.h"
#include "core/virtumancer/parts.h"
#include "core/virtumancer/section_kinds.h"

namespace virtsql::virtumancer {
namespace {

// Notes the VM's rows in tables that nothing reads, and its aliases that no device got.
void leave_out_unread(Draft& draft) {
  Source& source = draft.context.source();
  for (const std::string& table : source.names()) {
    if (is_administration(table) || is_read(table)) continue;
    if (!has_vms(source.table(table))) continue;
    for (const SourceRow* row : draft.rows_of(table)) draft.leave_out(table, *row, "virtsql has no place for it");
  }
  for (const SourceRow* row : draft.rows_of("device_aliases"))
    if (!draft.aliases.contains(row))
      draft.leave_out("devices", *row, "an alias that is given anew at each start, or of no device");
}

}  // namespace

bool is_read(std::string_view table) {
  static const std::set<std::string, std::less<>> kTables = [] {
    std::set<std::string, std::less<>> out = {"hosts",
                                              "virtual_machines",
                                              "storage_pools",
                                              "volumes",
                                              "networks",
                                              "ports",
                                              "port_bindings",
                                              "port_attachments",
                                              "filter_refs",
                                              "virtual_ports",
                                              "disks",
                                              "disk_attachments",
                                              "volume_attachments",
                                              "host_devices",
                                              "host_device_attachments",
                                              "host_pc_idevices",
                                              "consoles",
                                              "cpu_topologies",
                                              "numa_nodes",
                                              "hypervisor_features",
                                              "vendor_options",
                                              "qemu_args",
                                              "device_aliases",
                                              "io_tunes",
                                              "disk_driver_options",
                                              "backing_stores",
                                              "attachment_indices",
                                              "vm_snapshots",
                                              "graphics_devices",
                                              "graphics_device_attachments"};
    for (const Device& device : devices()) {
      out.emplace(device.attachments);
      for_each_part(device.resources, '|', [&](std::string_view name) { out.emplace(name); });
    }
    for (const Section& section : sections()) out.emplace(section.table);
    return out;
  }();
  return kTables.contains(table);
}

std::string domain_of(Context& context, const SourceVm& vm, std::vector<Note>& notes) {
  Draft draft(context, vm, notes);
  add_head(draft);
  add_sections(draft);
  choose_os_type(draft);
  add_numa(draft);
  add_processor(draft);
  add_features(draft);
  add_controllers(draft);
  add_disks(draft);
  add_devices(draft);
  add_interfaces(draft);
  add_host_devices(draft);
  add_consoles(draft);
  choose_machine(draft);
  take_out_misfits(draft);
  add_interrupt_remapping(draft);
  add_default_video(draft);
  add_boot_order(draft);
  add_usb_controller(draft);
  share_memory(draft);
  add_acpi(draft);
  add_arguments(draft);
  leave_out_unread(draft);
  return draft.domain.xml();
}

}  // namespace virtsql::virtumancer
