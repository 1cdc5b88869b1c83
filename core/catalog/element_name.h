// Names in the catalog's lines: what an element's WHAT says, and the column name that follows from a name of XML.
#pragma once

#include <string>
#include <string_view>

#include "core/catalog/draft.h"
#include "core/catalog/language.h"

namespace virtsql {

// The name of XML as part of a column's: queueSize -> queue_size, qemu:arg -> qemu_arg, egl-headless -> egl_headless.
std::string snake_case(std::string_view name);

// Takes the line's WHAT apart into the element: name, name#2, name[@type=mdev]. Throws CatalogError.
void name_element(const CatalogLine& line, ElementDraft& element, CatalogStorage& storage);

}  // namespace virtsql
