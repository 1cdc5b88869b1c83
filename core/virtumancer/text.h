// Small functions on texts: numbers, JSON, lists, paths, secrets.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace virtsql::virtumancer {

// Returns the decimal number that the whole text is; 0 if it is none.
std::uint64_t number_of(std::string_view text);

// Returns the JSON value that the text is; nullopt if it is none.
std::optional<boost::json::value> parse_json(std::string_view text);

// Returns the items of a JSON array as JSON text, but strings without quotes; nullopt if the text is no array.
std::optional<std::vector<std::string>> items_of(std::string_view text);

// Returns the value of a column without secrets. XML loses them like every document (redact.h). JSON loses members that
// are named like a secret or a password, and its texts are treated in the same way. Free metadata (a console's) that is
// neither may hold anything, so only its length is left.
std::string without_secrets(std::string_view column, std::string_view value);

// Takes the first part off the path a/b/c and returns it.
std::string_view next_step(std::string_view& path);

// Calls `visit` with each part of the list.
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
