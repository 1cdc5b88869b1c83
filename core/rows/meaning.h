// What a value means, however it is spelled: by this rows are matched, and their differences found.
#pragma once

#include <string>
#include <string_view>

#include "core/rows/row.h"

namespace virtsql {

// The value in a form in which equal things are equal text: numbers without their spelling (0x10, 16), sizes in bytes,
// MAC addresses in lower case, UUIDs without dashes as well, JSON without white space of its own. Only for values that
// are there.
std::string comparable_value(const Column& column, const Row& row);

// What the row says in the column: its value, or what libvirt takes if the element is there without it (the catalog's
// {implied} marks: <pmu/>). Without data: nothing.
std::string_view said(const Column& column, const Row& row);

// Whether both rows say something, and it means the same, or neither does. An empty text beside attributes is none.
bool same_meaning(const Column& column, const Row& a, const Row& b);

}  // namespace virtsql
