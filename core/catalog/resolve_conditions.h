// Finds the columns that the conditions of marks name ({live if @type=vnc}): columns of the element, of the row, of
// rows below it, of the row around it, or of the document's root.
#pragma once

#include <span>
#include <string_view>

#include "core/catalog/draft.h"

namespace virtsql {

// Which rows the code that evaluates the conditions has: the row alone, also the row around it, or the document's root
// as well. Conditions can name columns of these rows only.
enum class Knows { kRow, kAround, kRoot };

// Sets the columns of the conditions in a mark of the element `at`. REQUIRES: the storage keeps the conditions. Throws
// CatalogError for a condition that names no column of the rows that `knows` allows.
void resolve_conditions(const Element& at, std::span<const Condition> conditions, Knows knows);

// Returns the column of the attribute in the element, or in the nearest enclosing element of the same row that has it;
// nullptr if none has.
const Column* nearest_attribute(const Element* element, std::string_view name);

}  // namespace virtsql
