// Bytes as hexadecimal digits.
#pragma once

#include <string>
#include <string_view>

namespace virtsql {

// Returns the bytes as lower-case hexadecimal digits, two for each.
inline std::string hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += kDigits[static_cast<unsigned char>(c) >> 4U];
    out += kDigits[static_cast<unsigned char>(c) & 15U];
  }
  return out;
}

}  // namespace virtsql
