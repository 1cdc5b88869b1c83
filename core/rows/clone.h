// A clone of a VM: its definition without the values and rows that only one VM may have.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/base/arena.h"
#include "core/rows/row.h"

namespace virtsql {

// Returns a copy of the VM's definition with the new name. Values that only one VM may have (the catalog's {own} marks)
// are replaced by new ones or left out. Rows with such a mark are left out. The copy lives in the arena; the memory
// that holds the values of `row` must outlive it. `random_bytes(n)` must return n bytes. REQUIRES: a root's row.
Row* clone_of(const Row& row, std::string_view name, const std::function<std::string(std::size_t)>& random_bytes,
              Arena& arena);

}  // namespace virtsql
