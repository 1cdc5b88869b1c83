// To which columns the conditions of marks refer ({live if @type=vnc}): of the element, of the row, of rows below it,
// or of the row around it.
#pragma once

#include <span>
#include <string_view>

#include "core/catalog/draft.h"

namespace virtsql {

// Whether who evaluates the conditions knows the row around the row.
enum class Around { kKnown, kUnknown };

// Gives the conditions at the element their columns. They are the storage's. Throws CatalogError for one that names
// nothing in the row.
void resolve_conditions(const Element& at, std::span<const Condition> conditions, Around around);

// The column of the attribute in the element or the nearest enclosing one of the same row, or nullptr.
const Column* nearest_attribute(const Element* element, std::string_view name);

}  // namespace virtsql
