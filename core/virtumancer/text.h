// Small things about texts.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace virtsql::virtumancer {

inline std::string text_of(std::string_view text) { return std::string(text); }

// The number that the text is; 0 where it is none.
std::uint64_t number_of(std::string_view text);

// The JSON value that the text is; nothing where it is none.
std::optional<boost::json::value> parse_json(std::string_view text);

// The items of a JSON array, each as JSON text, strings as they are; nothing where the text is no array.
std::optional<std::vector<std::string>> items_of(std::string_view text);

// The value of a column without secrets: XML as every document (redact.h), and of JSON without members that are called
// like a secret or a password. Free metadata (a console's) that is neither may hold anything: only its length is left.
std::string without_secrets(std::string_view column, std::string_view value);

// The first part of a path a/b/c, which loses it.
std::string_view next_step(std::string_view& path);

// Each part of a list.
template <typename Visit>
void for_each_part(std::string_view list, char separator, const Visit& visit) {
  while (!list.empty()) {
    const std::size_t end = list.find(separator);
    visit(list.substr(0, end));
    if (end == std::string_view::npos) return;
    list.remove_prefix(end + 1);
  }
}

}  // namespace virtsql::virtumancer
