#include "core/rows/meaning.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/cpuset.h"
#include "core/base/ip_address.h"
#include "core/base/letters.h"
#include "core/base/number.h"
#include "core/base/units.h"
#include "core/rows/conditions.h"
#include "core/rows/layout.h"
#include "core/xml/json.h"

namespace virtsql {
namespace {

// How libvirt reads the row's number in the column if no 0x stands before it.
Digits digits_of(const Column& column, const Row& row) {
  if (column.marks->base && all_hold(column.marks->base_if, row)) return *column.marks->base;
  return column.type == Type::kHex ? Digits::kAsInC : Digits::kDecimal;
}

std::string comparable_size(const Column& column, const Row& row) {
  if (const std::optional<std::int64_t> bytes = size_of(column, row)) return std::to_string(*bytes);
  const std::string_view unit = column.unit ? row.get(*column.unit) : std::string_view();
  return std::string(row.get(column)) + " " + std::string(unit);
}

// Returns the JSON as it would be made from the XML that it stands for, so without its own white space.
std::string comparable_json(std::string_view text) {
  try {
    Arena arena;
    return to_json(*content_from_json("json", text, arena), 0);
  } catch (const xml::Error&) {
    return std::string(text);  // a user edited the JSON into something that is no XML
  }
}

// Returns the whole number without its + and its leading zeros, or the text as it is if it is none.
std::string comparable_number(std::string_view text) {
  const bool negative = text.starts_with('-');
  const std::optional<std::uint64_t> number =
      text.starts_with("0x") ? std::nullopt : whole_number(negative || text.starts_with('+') ? text.substr(1) : text);
  if (!number) return std::string(text);
  return (negative && *number != 0 ? "-" : "") + std::to_string(*number);
}

std::string comparable_text(const Column& column, std::string_view text) {
  switch (column.marks->reading) {
    case ReadAs::kNumber:
      return comparable_number(text);
    case ReadAs::kAddress:
      return usual_address(text);
    case ReadAs::kLetters:
      return lower_case(text);
    case ReadAs::kText:
      break;
  }
  return std::string(text);
}

// Whether the column is the text of an element that has an attribute in the row, so that the element is there.
bool has_attribute_beside(const Column& column, const Row& row) {
  const std::string_view path = column.relative_path;
  constexpr std::string_view kText = "text()";
  if (!path.ends_with(kText)) return false;
  const std::string attributes = std::string(path.substr(0, path.size() - kText.size())) + "@";
  const auto& columns = row.element->table->row_columns;
  return std::any_of(columns.begin(), columns.end(), [&](const Column* other) {
    return row.has(*other) && std::string_view(other->relative_path).starts_with(attributes);
  });
}

}  // namespace

std::string comparable_value(const Column& column, const Row& row) {
  const std::string_view text = row.get(column);
  switch (column.type) {
    case Type::kInteger:
    case Type::kHex:
    case Type::kBytes:
      if (const std::optional<std::uint64_t> number = whole_number(text, digits_of(column, row)))
        return std::to_string(*number);
      break;
    case Type::kOctal:
      if (const std::optional<std::uint64_t> number = octal_number(text)) return std::to_string(*number);
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
  return comparable_text(column, text);
}

std::optional<std::int64_t> size_of(const Column& column, const Row& row) {
  const std::optional<std::uint64_t> number = whole_number(row.get(column));
  const std::string_view unit = column.unit ? row.get(*column.unit) : std::string_view();
  return number ? size_in_bytes(*number, unit, column.marks->default_unit) : std::nullopt;
}

std::string_view value_or_implied(const Column& column, const Row& row) {
  if (row.has(column) || column.marks->implied.empty() || row.layout.empty()) return row.get(column);
  const std::string_view place = column.relative_path;
  if (!Layout(row.layout).says_empty(place.substr(0, place.rfind('/')))) return {};
  return column.marks->implied;
}

bool same_meaning(const Column& column, const Row& a, const Row& b) {
  const std::string_view one = value_or_implied(column, a);
  const std::string_view other = value_or_implied(column, b);
  if (!one.data() && !other.data()) return true;
  if (!one.data() || !other.data())
    return one.empty() && other.empty() && has_attribute_beside(column, one.data() ? b : a);
  if (one == other && !column.unit) return true;
  if (!a.has(column) || !b.has(column)) return false;
  return comparable_value(column, a) == comparable_value(column, b);
}

}  // namespace virtsql
