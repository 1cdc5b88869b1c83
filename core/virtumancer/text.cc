#include "core/virtumancer/text.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cctype>
#include <charconv>

namespace virtsql::virtumancer {

namespace json = boost::json;

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return out;
}

std::uint64_t number_of(std::string_view text) {
  std::uint64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size() ? out : 0;
}

std::optional<json::value> parse_json(std::string_view text) {
  boost::system::error_code error;
  json::value out = json::parse(json::string_view(text.data(), text.size()), error);
  if (error) return std::nullopt;
  return out;
}

std::optional<std::vector<std::string>> items_of(std::string_view text) {
  const std::optional<json::value> value = parse_json(text);
  if (!value || !value->is_array()) return std::nullopt;
  std::vector<std::string> out;
  for (const json::value& item : value->get_array())
    out.push_back(item.is_string() ? std::string(item.get_string()) : json::serialize(item));
  return out;
}

std::string_view next_step(std::string_view& path) {
  const std::size_t slash = path.find('/');
  const std::string_view out = path.substr(0, slash);
  path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  return out;
}

}  // namespace virtsql::virtumancer
