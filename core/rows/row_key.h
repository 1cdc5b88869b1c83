// The name of a row among its siblings, for people: vda, 52:54:00:00:00:01, the PCI address of a host device.
#pragma once

#include <cstddef>
#include <string>

#include "core/rows/row.h"

namespace virtsql {

// Returns the values that identify the row among its siblings. If there are none, returns the values of the real thing
// that the row uses. If there are none either, returns `place`, the row's place in its list, from 0.
std::string row_key(const Row& row, std::size_t place);

}  // namespace virtsql
