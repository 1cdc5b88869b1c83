// Which VM somebody means who names one: the one place where a `vm` argument is read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/database.h"

namespace virtsql {

// The id of the VM with this UUID, in any spelling, or else with this name. `function` is for the message. Throws
// StoreError if there is none, or if it is not clear which of several is meant.
std::int64_t find_vm(Database& database, std::string_view uuid_or_name, std::string_view function);

// The UUID of a VM that is there, or was captured once, likewise.
std::string find_vm_uuid(Database& database, std::string_view uuid_or_name, std::string_view function);

}  // namespace virtsql
