// What a value means, however it is spelled. Matching rows and finding their differences both use it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/rows/row.h"

namespace virtsql {

// Returns the value in a form in which values that mean the same are equal text: numbers in decimal (0x10 is 16; 010 is
// 8 or 16 where libvirt reads it so), sizes in bytes, IP addresses as libvirt writes them, MAC addresses in lower case,
// UUIDs in lower case without dashes, JSON without its own white space. REQUIRES: the row has a value.
std::string comparable_value(const Column& column, const Row& row);

// Returns how many bytes the row says in the column, a size; nullopt if it says no number of them.
std::optional<std::int64_t> size_of(const Column& column, const Row& row);

// Returns what the row says in the column: its value, or the value that libvirt takes if the element is there without
// it (the catalog's {implied} marks: <pmu/>). Returns a view without data if the row says nothing.
std::string_view value_or_implied(const Column& column, const Row& row);

// Whether both rows say something that means the same, or neither says anything. An empty text counts as nothing if its
// element has attributes.
bool same_meaning(const Column& column, const Row& a, const Row& b);

}  // namespace virtsql
