// What a value means, however it is spelled: by this rows are matched, and their differences found.
#pragma once

#include <string>

#include "core/rows/row.h"

namespace virtsql {

// The value in a form in which equal things are equal text: numbers without their spelling (0x10, 16), sizes in bytes,
// MAC addresses in lower case, UUIDs without dashes as well, JSON without white space of its own. Only for values that
// are there.
std::string comparable_value(const Column& column, const Row& row);

// Whether both rows have the value, and it means the same, or neither has it.
bool same_meaning(const Column& column, const Row& a, const Row& b);

}  // namespace virtsql
