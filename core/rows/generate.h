// Generation: rows into XML in libvirt's format, as the catalog says.
#pragma once

#include <string>

#include "core/rows/row.h"
#include "core/xml/xml.h"

namespace virtsql {

enum class Form {
  kFull,      // everything that the rows say
  kInactive,  // what `virsh define` takes: without what libvirt adds to a running VM (the catalog's {live} marks)
};

// The document of a root row, as libvirt formats it, with a final line end.
std::string generate(const Row& row, Form form);

// The element of one row, as it stands in its document but indented from `level`.
std::string generate_element(const Row& row, Form form, std::size_t level = 0);

}  // namespace virtsql
