#include "core/rows/meaning.h"

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/cpuset.h"
#include "core/base/letters.h"
#include "core/base/number.h"
#include "core/base/units.h"
#include "core/xml/json.h"

namespace virtsql {
namespace {

std::string comparable_size(const Column& column, const Row& row) {
  const std::string_view text = row.get(column);
  const std::string_view unit = column.unit ? row.get(*column.unit) : std::string_view();
  if (const std::optional<std::uint64_t> number = whole_number(text))
    if (const std::optional<std::int64_t> bytes = size_in_bytes(*number, unit, column.default_unit))
      return std::to_string(*bytes);
  return std::string(text) + " " + std::string(unit);
}

// The JSON without its own white space, as the XML that it stands for would give it.
std::string comparable_json(std::string_view text) {
  try {
    Arena arena;
    return to_json(*content_from_json("json", text, arena), 0);
  } catch (const xml::Error&) {
    return std::string(text);  // edited into something that is no XML
  }
}

}  // namespace

std::string comparable_value(const Column& column, const Row& row) {
  const std::string_view text = row.get(column);
  switch (column.type) {
    case Type::kInteger:
    case Type::kHex:
    case Type::kBytes:
      if (const std::optional<std::uint64_t> number = whole_number(text)) return std::to_string(*number);
      break;
    case Type::kSize:
      return comparable_size(column, row);
    case Type::kUuid: {
      std::string digits = lower_case(text);
      std::erase(digits, '-');
      return digits;
    }
    case Type::kMac:
      return lower_case(text);
    case Type::kCpuset:
      if (const auto set = Cpuset::parse(text)) return set->text();
      break;
    case Type::kJson:
      return comparable_json(text);
    default:
      break;
  }
  return std::string(text);
}

bool same_meaning(const Column& column, const Row& a, const Row& b) {
  if (!a.has(column) || !b.has(column)) return a.has(column) == b.has(column);
  if (a.get(column) == b.get(column) && !column.unit) return true;
  return comparable_value(column, a) == comparable_value(column, b);
}

}  // namespace virtsql
