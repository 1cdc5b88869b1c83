// Which source a device of a type has: a card of the type bridge a bridge, one of the type network a network.
//
// A device table has a column for each kind of source. libvirt refuses a source of another type than the device has, or
// passes over it without a word. Which column is of which type follows from the rules by which an INSERT chooses the
// type: {replaced VALUE if SOURCE} and {default VALUE if SOURCE}. Where an INSERT must say the type, the column says
// it: {with @type=A|B}.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/catalog/catalog.h"
#include "core/schema/misplaced.h"

namespace virtsql {

// Whether there are such rules for the column, or columns that name it, so that it is the type of the row's source.
bool is_source_type(const Column& column);

// Returns every case in which an UPDATE of the view gives a row with the column `type` a source of another type, or
// changes its type and leaves the old source. The conditions are SQL over the trigger's NEW and OLD. `name` returns a
// column's name in the view. REQUIRES: is_source_type(type).
std::vector<Misplaced> sources_of_another_type(const Column& type,
                                               const std::function<std::string(const Column&)>& name);

// Whether the element is a part of the source whose type is in that column: it is no part of a source of another type.
// REQUIRES: is_source_type(type).
bool is_of_source(const Element& element, const Column& type);

}  // namespace virtsql
