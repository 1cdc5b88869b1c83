#include "core/base/units.h"

#include <cassert>
#include <string>

#include "core/base/letters.h"

namespace virtsql {
namespace {

// The table of units, in lower case. A unit is one of kBytes, or a letter of kPrefixes with a suffix of kBinary or with
// kDecimal.
constexpr std::string_view kBytes[] = {"b", "byte", "bytes"};
constexpr std::string_view kPrefixes = "kmgtpe";  // k is one step, m a step squared, and so on
constexpr std::string_view kBinary[] = {"", "ib"};
constexpr std::int64_t kBinaryBits = 10;  // bits of a step: 1024
constexpr std::string_view kDecimal = "b";
constexpr std::int64_t kDecimalDigits = 3;  // decimal digits of a step: 1000

std::int64_t power_of(std::int64_t base, std::int64_t exponent) {
  std::int64_t out = 1;
  for (std::int64_t i = 0; i < exponent; ++i) out *= base;
  return out;
}

template <std::size_t kCount>
bool is_one_of(const std::string_view (&names)[kCount], std::string_view text) {
  for (const std::string_view name : names)
    if (name == text) return true;
  return false;
}

}  // namespace

std::optional<std::int64_t> unit_factor(std::string_view unit, std::int64_t default_unit) {
  if (unit.empty()) return default_unit;
  const std::string name = lower_case(unit);
  if (is_one_of(kBytes, name)) return 1;
  const std::size_t prefix = kPrefixes.find(name[0]);
  if (prefix == std::string_view::npos) return std::nullopt;
  const auto power = static_cast<std::int64_t>(prefix + 1);
  const std::string_view suffix = std::string_view(name).substr(1);
  if (is_one_of(kBinary, suffix)) return std::int64_t{1} << (kBinaryBits * power);
  if (suffix == kDecimal) return power_of(10, kDecimalDigits * power);
  return std::nullopt;
}

std::optional<std::int64_t> size_in_bytes(std::uint64_t number, std::string_view unit, std::int64_t default_unit) {
  const std::optional<std::int64_t> factor = unit_factor(unit, default_unit);
  std::int64_t bytes = 0;
  if (!factor || __builtin_mul_overflow(number, *factor, &bytes)) return std::nullopt;
  return bytes;
}

std::string size_in_bytes_sql(const std::string& number_sql, const std::string& unit_sql, std::int64_t default_unit) {
  std::string factor = std::to_string(default_unit);
  if (!unit_sql.empty()) {
    // A size without a unit needs one comparison only. IN is avoided: of each longer IN list SQLite makes a table
    // whenever a row is inserted, which took a fifth of the time of an import.
    factor = "CASE ifnull(" + unit_sql + ",'')COLLATE NOCASE WHEN ''THEN " + factor;
    const auto unit = [&](std::string_view name) {
      const std::optional<std::int64_t> worth = unit_factor(name, default_unit);
      assert(worth);
      factor += " WHEN '" + std::string(name) + "'THEN " + std::to_string(*worth);
    };
    for (const std::string_view name : kBytes) unit(name);
    for (const char prefix : kPrefixes) {
      for (const std::string_view suffix : kBinary) unit(prefix + std::string(suffix));
      unit(prefix + std::string(kDecimal));
    }
    factor += " END";
  }
  // A product that does not fit an integer is a REAL, which & turns into the largest integer, and nullif() into NULL.
  return "nullif(-1&" + number_sql + "*" + factor + ",9223372036854775807)";
}

}  // namespace virtsql
