// Units of sizes, as libvirt reads them (virScaleInteger() in src/util/virutil.c;
// https://libvirt.org/formatdomain.html#memory-allocation).
//
// The only table of units. It says in C++ how many bytes a unit is, and the same in SQL for the database's generated
// columns.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace virtsql {

// Returns how many bytes one of the unit is, whatever the case of its letters: `default_unit` if `unit` is empty (with
// or without data), nullopt if libvirt refuses it as a unit.
std::optional<std::int64_t> unit_factor(std::string_view unit, std::int64_t default_unit);

// Returns the size in bytes. nullopt for an unknown unit, and for more than 2^63 - 1 bytes.
std::optional<std::int64_t> size_in_bytes(std::uint64_t number, std::string_view unit, std::int64_t default_unit);

// Returns the same as an SQL expression, made of the expressions for the number and its unit. Its value is NULL if
// size_in_bytes() gives nullopt, if the number is NULL, and for exactly 2^63 - 1 bytes. `unit_sql` is empty if the size
// has no place for a unit.
std::string size_in_bytes_sql(const std::string& number_sql, const std::string& unit_sql, std::int64_t default_unit);

}  // namespace virtsql
