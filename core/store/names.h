// Finds the VM that a `vm` argument means. Every `vm` argument of a function is read here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/database.h"

namespace virtsql {

// Returns the id of the VM with this UUID, in any spelling, or else with this name. If several VMs have the name, the
// one that libvirt has is meant. `function` is named in error messages. Throws StoreError if there is no such VM, or if
// several could be meant.
std::int64_t find_vm(Database& database, std::string_view uuid_or_name, std::string_view function);

// Returns the UUID of the VM that find_vm() finds. Also finds a VM by UUID that has captures but no row any more.
std::string find_vm_uuid(Database& database, std::string_view uuid_or_name, std::string_view function);

}  // namespace virtsql
