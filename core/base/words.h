// Words in a line, a space between each and the next.
#pragma once

#include <string>
#include <string_view>

namespace virtsql {

// Appends words to words; none changes nothing.
inline void add_words(std::string& out, std::string_view words) {
  if (!out.empty() && !words.empty()) out += ' ';
  out += words;
}

}  // namespace virtsql
