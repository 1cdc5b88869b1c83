// Reads UTF-8 by its strict rules.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace virtsql {

// A character of UTF-8: its code point and its length in bytes. If the bytes are not UTF-8, the length is 0 and the
// code is the first byte.
struct Character {
  std::uint32_t code = 0;
  std::size_t length = 0;
};

// Returns the character at the offset `at`. A surrogate is returned like a character, so that an error can name it.
// REQUIRES: at < text.size().
inline Character character_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || at + length > text.size()) return {first, 0};
  std::uint32_t code = first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return {first, 0};
    code = (code << 6U) | (byte(i) & 0x3FU);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  if (code < kLeast[length] || code > 0x10FFFF) return {first, 0};
  return {code, length};
}

// Whether the character is a half of UTF-16's pairs, which UTF-8 does not have.
inline bool is_surrogate(const Character& character) { return character.code >= 0xD800 && character.code < 0xE000; }

// Whether the text is UTF-8.
inline bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    if (character.length == 0 || is_surrogate(character)) return false;
    at += character.length;
  }
  return true;
}

}  // namespace virtsql
