// Texts of several parts.
#pragma once

#include <string_view>
#include <vector>

namespace virtsql {

// Returns the parts of the text between separators; there is one more than separators. They are part of `text`.
inline std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  std::size_t from = 0;
  while (true) {
    const std::size_t to = text.find(separator, from);
    out.emplace_back(text.substr(from, to == std::string_view::npos ? to : to - from));
    if (to == std::string_view::npos) return out;
    from = to + 1;
  }
}

}  // namespace virtsql
