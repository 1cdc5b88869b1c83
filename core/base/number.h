// Whole numbers as libvirt reads them in XML.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace virtsql {

// The number that the text says, decimal (also 007) or hexadecimal behind 0x; nullopt for anything else, a sign among
// it, and for more than 64 bits.
std::optional<std::uint64_t> whole_number(std::string_view text);

// The same of the octal digits of a file's mode, with or without a 0 in front.
std::optional<std::uint64_t> octal_number(std::string_view text);

}  // namespace virtsql
