// The characters of XML: UTF-8 read by its strict rules, which characters a document can have, and what is a name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/xml/error.h"

namespace virtsql::xml {

// A character of UTF-8: its code point and its length in bytes; the length of what is no character is 0, and its code
// the first byte.
struct Character {
  std::uint32_t code = 0;
  std::size_t length = 0;
};

// REQUIRES: at < text.size().
Character character_at(std::string_view text, std::size_t at);

// Whether the byte is a character by itself that XML can have.
inline bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 ? byte < 0x80 : c == '\t' || c == '\n' || c == '\r';
}

// The length of the character at the place, which XML can have. Throws Error. REQUIRES: at < text.size().
std::size_t checked_length(std::string_view text, std::size_t at);

// Throws Error for a text that no XML can have: control characters, what is no UTF-8, surrogates, U+FFFE, U+FFFF.
void check_text(std::string_view text);

// Whether text is only what XML calls white space.
bool is_space(std::string_view text);

// Whether the text is a name that XML 1.0 allows (section 2.3; it may have any number of colons).
bool is_name(std::string_view text);

}  // namespace virtsql::xml
