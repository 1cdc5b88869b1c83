// Whole numbers as libvirt reads them in XML.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace virtsql {

// In which base libvirt reads the digits of a number that has no 0x before it. (Where it reads decimal numbers, it
// refuses 0x10; where it takes 0x10, it reads 010 as C does, or as hexadecimal.)
enum class Digits : std::uint8_t {
  kDecimal,      // 010 is 10
  kAsInC,        // 010 is 8, 10 is 10
  kHexadecimal,  // 010 is 16
};

// Returns the number that the text spells: hexadecimal behind 0x or 0X, else as `digits` says. nullopt for any other
// text, also for a number with a sign, and for a number of more than 64 bits.
std::optional<std::uint64_t> whole_number(std::string_view text, Digits digits = Digits::kDecimal);

// The same for the octal digits of a file's mode, with or without a leading 0.
std::optional<std::uint64_t> octal_number(std::string_view text);

}  // namespace virtsql
