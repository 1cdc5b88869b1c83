// Units of sizes, as libvirt reads them (virScaleInteger() in src/util/virutil.c;
// https://libvirt.org/formatdomain.html#memory-allocation).
//
// The one table of them: what a unit is worth in C++, and the same as SQL for the database's generated columns.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace virtsql {

// How many bytes one of the unit is, whatever the case of its letters; `default_unit` if there is none (no data, or
// empty); nullopt for what libvirt refuses as a unit.
std::optional<std::int64_t> unit_factor(std::string_view unit, std::int64_t default_unit);

// The size in bytes; nullopt for an unknown unit, and for more than 2^63 - 1 bytes.
std::optional<std::int64_t> size_in_bytes(std::uint64_t number, std::string_view unit, std::int64_t default_unit);

// The same as an SQL expression over two others: NULL where size_in_bytes() gives nullopt, where the number is NULL,
// and for exactly 2^63 - 1 bytes. `unit_sql` is empty if no unit can be written.
std::string size_in_bytes_sql(const std::string& number_sql, const std::string& unit_sql, std::int64_t default_unit);

}  // namespace virtsql
