// Lines of words, with one space between words.
#pragma once

#include <string>
#include <string_view>

namespace virtsql {

// Appends the words to the line `out`, with a space between if neither is empty.
inline void add_words(std::string& out, std::string_view words) {
  if (!out.empty() && !words.empty()) out += ' ';
  out += words;
}

}  // namespace virtsql
