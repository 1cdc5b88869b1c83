// libvirt's drivers of VMs, and the hooks that libvirt calls. Linked into the hook.
#pragma once

#include <iterator>

namespace virtsql {

// A driver that has a hook (a file of the driver's name), and the URI at which libvirt is asked about it.
struct Driver {
  const char* name;
  const char* uri;
};
inline constexpr Driver kDrivers[] = {
    {"qemu", "qemu:///system"}, {"lxc", "lxc:///system"}, {"libxl", "xen:///system"}, {"bhyve", "bhyve:///system"}};

// The names of the hooks in which virtsql can stand: those of the drivers, and two that are about no VM.
inline constexpr const char* kHooks[] = {kDrivers[0].name, kDrivers[1].name, kDrivers[2].name,
                                         kDrivers[3].name, "network",        "daemon"};
static_assert(std::size(kHooks) == std::size(kDrivers) + 2);

}  // namespace virtsql
