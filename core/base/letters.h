// ASCII letters, digits and white space, whatever the locale. Names, units, UUIDs, MAC addresses and SQL need no
// others.
#pragma once

#include <string>
#include <string_view>

namespace virtsql {

constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr char lower_case(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr bool is_letter(char c) { return is_upper(c) || is_lower(c); }
constexpr bool is_letter_or_digit(char c) { return is_letter(c) || is_digit(c); }
constexpr bool is_hex_digit(char c) { return is_digit(c) || (lower_case(c) >= 'a' && lower_case(c) <= 'f'); }
// White space as C's locale has it: SQL and the catalog's files, not XML (xml::is_space()).
constexpr bool is_white(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Returns the text with A to Z in lower case; all other bytes stay as they are.
inline std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower_case(c);
  return out;
}

// Whether the texts differ in nothing but the case of A to Z.
inline bool same_without_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && lower_case(a) == lower_case(b);
}

}  // namespace virtsql
