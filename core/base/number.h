// Whole numbers as libvirt reads them in XML.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace virtsql {

// Returns the number that the text spells: decimal (007 is 7), or hexadecimal behind 0x or 0X. nullopt for any other
// text, also for a number with a sign, and for a number of more than 64 bits.
std::optional<std::uint64_t> whole_number(std::string_view text);

// The same for the octal digits of a file's mode, with or without a leading 0.
std::optional<std::uint64_t> octal_number(std::string_view text);

}  // namespace virtsql
