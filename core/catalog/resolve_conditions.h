// To which columns the conditions of marks refer ({live if @type=vnc}): of the element, of the row, of rows below it,
// of the row around it, or of the document's root.
#pragma once

#include <span>
#include <string_view>

#include "core/catalog/draft.h"

namespace virtsql {

// What who evaluates the conditions knows: the row alone, also the row around it, or the document's root as well.
enum class Knows { kRow, kAround, kRoot };

// Gives the conditions at the element their columns. They are the storage's. Throws CatalogError for one that names
// nothing in the row.
void resolve_conditions(const Element& at, std::span<const Condition> conditions, Knows knows);

// The column of the attribute in the element or the nearest enclosing one of the same row, or nullptr.
const Column* nearest_attribute(const Element* element, std::string_view name);

}  // namespace virtsql
