// Names in the catalog's lines: the parts of an element's WHAT, and the column name that is made of an XML name.
#pragma once

#include <string>
#include <string_view>

#include "core/catalog/draft.h"
#include "core/catalog/language.h"

namespace virtsql {

// Returns the XML name as it is written in a column's name: queueSize -> queue_size, qemu:arg -> qemu_arg, egl-headless
// -> egl_headless.
std::string snake_case(std::string_view name);

// Sets the element's name, occurrence, condition and token from the line's WHAT: name, name#2, name[@type=mdev]. Throws
// CatalogError for a condition that is not written like this.
void name_element(const CatalogLine& line, ElementDraft& element, CatalogStorage& storage);

}  // namespace virtsql
