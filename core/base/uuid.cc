#include "core/base/uuid.h"

#include <algorithm>
#include <cassert>

#include "core/base/hex.h"
#include "core/base/letters.h"

namespace virtsql {
namespace {

constexpr std::size_t kUuidBytes = 16;

std::string with_dashes(std::string digits) {
  for (const std::size_t at : {8U, 13U, 18U, 23U}) digits.insert(at, 1, '-');
  return digits;
}

}  // namespace

std::optional<std::string> parsed_uuid(std::string_view text) {
  std::string digits;
  for (const char c : text)
    if (c != '-' && !is_white(c)) digits += lower_case(c);
  if (digits.size() != 2 * kUuidBytes || !std::all_of(digits.begin(), digits.end(), is_hex_digit)) return std::nullopt;
  return with_dashes(digits);
}

std::string usual_uuid(std::string_view text) { return parsed_uuid(text).value_or(std::string(text)); }

std::string uuid_text(std::string bytes, unsigned version) {
  assert(bytes.size() >= kUuidBytes && version < 16);
  bytes.resize(kUuidBytes);
  bytes[6] = static_cast<char>((static_cast<unsigned char>(bytes[6]) & 0x0FU) | (version << 4U));
  bytes[8] = static_cast<char>((static_cast<unsigned char>(bytes[8]) & 0x3FU) | 0x80U);
  return with_dashes(hex(bytes));
}

}  // namespace virtsql
