// Generation: rows into XML in libvirt's format, as the catalog says.
#pragma once

#include <string>

#include "core/rows/row.h"
#include "core/xml/writer.h"
#include "core/xml/xml.h"

namespace virtsql {

enum class Form {
  kFull,      // everything that the rows say
  kInactive,  // what `virsh define` takes: the rows of the definition (core/rows/definition.h)
};

// All functions below throw RowError (core/rows/row_error.h) if a row was edited into something that no XML can say.

// Returns the document of a root row, as libvirt formats it, with a final line end.
std::string generate(const Row& row, Form form);

// Writes the element of one row to the writer, at its current place.
void generate_into(xml::Writer& writer, const Row& row);

// Returns the element of one row, as it stands in its document but not indented, with a final line end.
std::string generate_element(const Row& row);

}  // namespace virtsql
