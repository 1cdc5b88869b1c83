#include "core/base/units.h"

#include <cassert>

namespace virtsql {
namespace {

// The table. A unit is one of kBytes, or a letter of kPrefixes and one of the suffixes; in lower case.
constexpr std::string_view kBytes[] = {"b", "byte", "bytes"};
constexpr std::string_view kPrefixes = "kmgtpe";  // the step to the power of 1, 2, ...
constexpr std::string_view kBinary[] = {"", "ib"};
constexpr std::int64_t kBinaryBits = 10;  // a step of 1024
constexpr std::string_view kDecimal = "b";
constexpr std::int64_t kDecimalDigits = 3;  // a step of 1000

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

template <std::size_t kCount>
std::string list_sql(const std::string_view (&names)[kCount]) {
  std::string out;
  for (const std::string_view name : names) out += (out.empty() ? "('" : ",'") + std::string(name) + "'";
  return out + ")";
}

}  // namespace

std::optional<std::int64_t> unit_factor(std::string_view unit, std::int64_t default_unit) {
  if (unit.empty()) return default_unit;
  std::string name(unit);
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
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
  // Short, as every size in the schema has it.
  std::string factor = std::to_string(default_unit);
  if (!unit_sql.empty()) {
    const char* const spelled = default_unit == 1 ? "b" : default_unit == 1024 ? "k" : "m";
    assert(unit_factor(spelled, 0) == default_unit);
    const std::string name = "lower(coalesce(nullif(" + unit_sql + ",''),'" + spelled + "'))";
    const std::string suffix = "substr(" + name + ",2)";
    const std::string power = "nullif(instr('" + std::string(kPrefixes) + "',substr(" + name + ",1,1)),0)";
    const std::string zeros(static_cast<std::size_t>(kDecimalDigits) * kPrefixes.size(), '0');
    factor = "CASE WHEN " + name + " IN " + list_sql(kBytes) + " THEN 1 WHEN " + suffix + " IN " + list_sql(kBinary) +
             " THEN 1<<" + std::to_string(kBinaryBits) + "*" + power + " WHEN " + suffix + "='" +
             std::string(kDecimal) + "' THEN 0+substr('1" + zeros + "',1,1+" + std::to_string(kDecimalDigits) + "*" +
             power + ") END";
  }
  // A product beyond 64 bits is a REAL, of which & makes the largest integer.
  return "nullif(-1&" + number_sql + "*" + factor + ",9223372036854775807)";
}

}  // namespace virtsql
