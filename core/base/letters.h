// ASCII letters, whatever the locale. Names, units, UUIDs and MAC addresses need no others.
#pragma once

#include <string>
#include <string_view>

namespace virtsql {

// Returns the text with A to Z in lower case; all other bytes stay as they are.
inline std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

}  // namespace virtsql
