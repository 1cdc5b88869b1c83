// How a row is named among its siblings, for people: vda, 52:54:00:00:00:01, the PCI address of a host device.
#pragma once

#include <cstddef>
#include <string>

#include "core/rows/row.h"

namespace virtsql {

// What identifies the row among its siblings; if nothing does, what it says of the real thing that it uses, else its
// place in its list, counted from 0.
std::string row_key(const Row& row, std::size_t place);

}  // namespace virtsql
