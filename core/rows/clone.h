// A clone of a VM: its definition without what only one VM may have.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/base/arena.h"
#include "core/rows/row.h"

namespace virtsql {

// A copy of the definition of the VM, a root's row, with the new name and, as the catalog's {own} marks say, with new
// values, or none, in place of what only one VM may have. It lives in the arena; what holds the values of `row` must
// outlive it. `random_bytes` gives as many bytes as it is asked for.
Row* clone_of(const Row& row, std::string_view name, const std::function<std::string(std::size_t)>& random_bytes,
              Arena& arena);

// The text of 16 bytes as a UUID of the given version (RFC 4122).
std::string uuid_text(std::string bytes, unsigned version);

}  // namespace virtsql
