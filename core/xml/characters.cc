#include "core/xml/characters.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <iterator>
#include <string>

#include "core/base/utf8.h"

namespace virtsql::xml {
namespace {

// Whether a document can have the character (XML 1.0, production 2).
bool is_allowed(std::uint32_t code) {
  return code == '\t' || code == '\n' || code == '\r' || (code >= 0x20 && code < 0xD800) ||
         (code >= 0xE000 && code < 0xFFFE) || code >= 0x10000;
}

}  // namespace

std::size_t checked_length(std::string_view text, std::size_t at) {
  const Character character = character_at(text, at);
  if (character.length != 0 && is_allowed(character.code)) return character.length;
  std::array<char, 16> code;
  (void)std::snprintf(code.data(), code.size(), character.length == 0 ? "%02X" : "%04X", character.code);
  throw Error(character.length == 0 ? "the byte 0x" + std::string(code.data()) + " is no UTF-8"
                                    : "XML cannot have the character U+" + std::string(code.data()));
}

bool is_space(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

bool is_name(std::string_view text) {
  // XML 1.0 (fifth edition), productions 4 and 4a, beyond ASCII: kStart can stand anywhere in a name, kLater not first.
  struct Range {
    std::uint32_t first, last;
  };
  static constexpr Range kStart[] = {{0xC0, 0xD6},     {0xD8, 0xF6},     {0xF8, 0x2FF},    {0x370, 0x37D},
                                     {0x37F, 0x1FFF},  {0x200C, 0x200D}, {0x2070, 0x218F}, {0x2C00, 0x2FEF},
                                     {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF}};
  static constexpr Range kLater[] = {{0xB7, 0xB7}, {0x300, 0x36F}, {0x203F, 0x2040}};
  const auto in = [](const auto& ranges, std::uint32_t code) {
    return std::any_of(std::begin(ranges), std::end(ranges),
                       [&](const Range& range) { return code >= range.first && code <= range.last; });
  };
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    const std::uint32_t code = character.code;
    const bool letter = (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z') || code == '_' || code == ':';
    const bool later = (code >= '0' && code <= '9') || code == '-' || code == '.' || in(kLater, code);
    if (character.length == 0 || !(letter || in(kStart, code) || (at > 0 && later))) return false;
    at += character.length;
  }
  return !text.empty();
}

void check_text(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at)
    if (!is_plain(text[at])) at += checked_length(text, at) - 1;
}

bool is_text(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Character character = character_at(text, at);
    if (character.length == 0 || !is_allowed(character.code)) return false;
    at += character.length;
  }
  return true;
}

}  // namespace virtsql::xml
