// The letters of ASCII, whatever the locale: all that names, units, UUIDs and MAC addresses are written with.
#pragma once

#include <string>
#include <string_view>

namespace virtsql {

// The text with its letters in lower case.
inline std::string lower_case(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

}  // namespace virtsql
