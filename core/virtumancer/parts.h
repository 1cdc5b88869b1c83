// The parts of a VM's domain XML, in the order in which they are made. Each reads the VM's rows, adds to the draft, and
// notes in it what must be told. A part may need what an earlier one made.
#pragma once

#include "core/virtumancer/draft.h"

namespace virtsql::virtumancer {

// Name, UUID, memory, metadata (head.cc).
void add_head(Draft& draft);
// Whatever is no device and has a table of its own (sections.cc).
void add_sections(Draft& draft);
// What kind of VM its hypervisor runs it as (completion.cc).
void choose_os_type(Draft& draft);
// The NUMA cells, the CPU, the features (processor.cc).
void add_numa(Draft& draft);
void add_processor(Draft& draft);
void add_features(Draft& draft);
// The devices, each kind in the file of its name; devices.cc has those that device_kinds.h describes.
// Controllers come first: a device has an address only on a bus that is there.
void add_controllers(Draft& draft);
void add_disks(Draft& draft);
void add_devices(Draft& draft);
void add_interfaces(Draft& draft);
void add_host_devices(Draft& draft);
void add_consoles(Draft& draft);
// What follows from all the devices together (completion.cc).
void add_default_video(Draft& draft);
void add_boot_order(Draft& draft);
void choose_machine(Draft& draft);
void add_interrupt_remapping(Draft& draft);
void add_usb_controller(Draft& draft);
void share_memory(Draft& draft);
void add_acpi(Draft& draft);
// What of all this libvirt refuses in this VM (fit.cc).
void take_out_misfits(Draft& draft);
// QEMU's own arguments (arguments.cc).
void add_arguments(Draft& draft);

}  // namespace virtsql::virtumancer
