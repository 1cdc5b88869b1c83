#include "core/base/number.h"

#include <charconv>

namespace virtsql {
namespace {

std::optional<std::uint64_t> number(std::string_view digits, int base) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

}  // namespace

std::optional<std::uint64_t> whole_number(std::string_view text, Digits digits) {
  if (text.starts_with("0x") || text.starts_with("0X")) return number(text.substr(2), 16);
  if (digits == Digits::kHexadecimal) return number(text, 16);
  return number(text, digits == Digits::kAsInC && text.starts_with('0') ? 8 : 10);
}

std::optional<std::uint64_t> octal_number(std::string_view text) { return number(text, 8); }

}  // namespace virtsql
