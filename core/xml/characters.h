// The characters of XML: which of them a document can have, and what is a name.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/xml/error.h"

namespace virtsql::xml {

// Whether the byte is an ASCII character that XML can have.
inline bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 ? byte < 0x80 : c == '\t' || c == '\n' || c == '\r';
}

// Returns the length in bytes of the character at the offset `at`. Throws Error if the bytes are not UTF-8 or XML
// cannot have the character. REQUIRES: at < text.size().
std::size_t checked_length(std::string_view text, std::size_t at);

// Throws Error if the text has something that XML cannot have: control characters, bytes that are not UTF-8,
// surrogates, U+FFFE, U+FFFF.
void check_text(std::string_view text);

// Whether check_text() takes the text.
bool is_text(std::string_view text);

// Whether the text is nothing but what XML calls white space. True for empty text.
bool is_space(std::string_view text);

// Whether the text is a name as XML 1.0 allows it (section 2.3), with any number of colons.
bool is_name(std::string_view text);

}  // namespace virtsql::xml
