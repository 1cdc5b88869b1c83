#include "core/virtumancer/text.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "core/base/letters.h"
#include "core/spool/config.h"
#include "core/spool/redact.h"
#include "core/spool/secrets.h"

namespace virtsql::virtumancer {

namespace json = boost::json;

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

namespace {

bool is_secret_name(std::string_view name) {
  const std::string small = lower_case(name);
  if (small.find("passw") != std::string::npos) return true;
  return std::any_of(kSecrets.begin(), kSecrets.end(), [&](const Secret& secret) {
    return small == lower_case(secret.attribute.empty() ? secret.element : secret.attribute);
  });
}

void remove_secrets(boost::json::value& value) {
  if (auto* object = value.if_object()) {
    for (auto member = object->begin(); member != object->end();) {
      if (is_secret_name(member->key())) {
        member = object->erase(member);
      } else {
        remove_secrets(member->value());
        ++member;
      }
    }
  } else if (auto* array = value.if_array()) {
    for (boost::json::value& item : *array) remove_secrets(item);
  } else if (const auto* text = value.if_string()) {
    value = without_secrets("", *text);
  }
}

// What the configuration names as secret. Its file is read again only if it has changed.
const std::vector<std::string>& redacted_paths() {
  thread_local Config config = read_config();
  refresh_secrets(config);
  return config.redact;
}

}  // namespace

std::string without_secrets(std::string_view column, std::string_view value) {
  const std::size_t begin = value.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return std::string(value);
  if (value[begin] == '<') return redact(value, redacted_paths()).xml;
  if (value[begin] == '{' || value[begin] == '[') {
    if (std::optional<boost::json::value> json = parse_json(value)) {
      const boost::json::value whole = *json;
      remove_secrets(*json);
      return *json == whole ? std::string(value) : boost::json::serialize(*json);
    }
  }
  if (column == "metadata") return "(" + std::to_string(value.size()) + " bytes that are not kept)";
  return std::string(value);
}

}  // namespace virtsql::virtumancer
