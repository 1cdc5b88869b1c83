// What a message shows of a text that somebody gave.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/base/utf8.h"

namespace virtsql {

// Returns the first 80 characters of the text, with "..." if there are more. Control characters and bytes that are not
// UTF-8 become '?', so a message stays one line and a text that can be printed, whatever was given.
inline std::string excerpt(std::string_view text) {
  constexpr std::size_t kMost = 80;
  std::string out;
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size(); ++characters) {
    if (characters == kMost) return out + "...";
    const Character character = character_at(text, at);
    const std::size_t length = character.length == 0 ? 1 : character.length;
    const bool is_control = character.code < 0x20 || (character.code >= 0x7F && character.code < 0xA0);
    const bool is_text = character.length != 0 && !is_control && !is_surrogate(character);
    out += is_text ? text.substr(at, length) : std::string_view("?");
    at += length;
  }
  return out;
}

// Returns the excerpt in double quotes.
inline std::string quoted_excerpt(std::string_view text) { return '"' + excerpt(text) + '"'; }

}  // namespace virtsql
