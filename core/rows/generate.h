// Generation: rows into XML in libvirt's format, as the catalog says.
#pragma once

#include <string>

#include "core/rows/row.h"
#include "core/xml/writer.h"
#include "core/xml/xml.h"

namespace virtsql {

enum class Form {
  kFull,      // everything that the rows say
  kInactive,  // what `virsh define` takes: that of the row's definition (core/rows/definition.h)
};

// Both throw RowError (core/rows/row_error.h) if a row was edited into something that no XML can say.

// The document of a root row, as libvirt formats it, with a final line end.
std::string generate(const Row& row, Form form);

// Writes the element of one row where the writer is.
void generate_into(xml::Writer& writer, const Row& row);

// The element of one row, as it stands in its document but not indented.
std::string generate_element(const Row& row);

}  // namespace virtsql
