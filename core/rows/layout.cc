#include "core/rows/layout.h"

#include <algorithm>
#include <boost/json.hpp>

#include "core/xml/xml.h"

namespace virtsql {

namespace json = boost::json;

Layout::Layout(std::string_view text) {
  if (text.empty()) return;
  boost::system::error_code error;
  const json::value value = json::parse({text.data(), text.size()}, error);
  if (error || !value.is_object()) return;
  for (const auto& member : value.get_object()) {
    if (!member.value().is_array()) continue;
    Order order;
    for (const json::value& token : member.value().get_array())
      if (token.is_string()) order.emplace_back(token.get_string());
    orders_.emplace_back(member.key(), std::move(order));
  }
}

Layout::Order& Layout::at(std::string_view path) {
  for (auto& [known, order] : orders_)
    if (known == path) return order;
  return orders_.emplace_back(path, Order()).second;
}

void Layout::say_empty(std::string_view path) {
  if (Order& order = at(path); !order.empty()) order.emplace_back(kEmpty);
}

bool Layout::says_empty(std::string_view path) const {
  const Order* order = find(path);
  if (!order) return false;
  return order->empty() || std::find(order->begin(), order->end(), kEmpty) != order->end() || space(path).data();
}

std::string_view Layout::space(std::string_view path) const {
  if (const Order* order = find(path))
    for (const std::string& token : *order)
      if (!token.empty() && xml::is_space(token)) return token;
  return {};
}

void Layout::erase(std::string_view path) {
  std::erase_if(orders_, [&](const auto& entry) { return is_at_or_below(entry.first, path); });
}

const Layout::Order* Layout::find(std::string_view path) const {
  const auto found =
      std::find_if(orders_.begin(), orders_.end(), [&](const auto& entry) { return entry.first == path; });
  return found == orders_.end() ? nullptr : &found->second;
}

bool Layout::reaches(std::string_view path) const {
  return std::any_of(orders_.begin(), orders_.end(),
                     [&](const auto& entry) { return is_at_or_below(entry.first, path); });
}

bool Layout::has(std::string_view path, std::string_view token) const {
  const Order* order = find(path);
  return order && std::find(order->begin(), order->end(), token) != order->end();
}

std::string Layout::to_json() const {
  json::object out;
  for (const auto& [path, order] : orders_) {
    json::array list;
    for (const std::string& token : order) list.emplace_back(token);
    out[path] = std::move(list);
  }
  return json::serialize(out);
}

bool is_at_or_below(std::string_view path, std::string_view ancestor) {
  return ancestor.empty() || path == ancestor ||
         (path.size() > ancestor.size() && path.starts_with(ancestor) && path[ancestor.size()] == '/');
}

std::string_view usual_spelling(const Attribute& attribute, const Row& row) {
  if (attribute.spelled_after) {
    const std::string_view type = row.get(*attribute.spelled_after);
    for (const Attribute::Spelling& other : attribute.spellings)
      if (type.data() && other.when_type == type) return other.name;
  }
  return attribute.name;
}

}  // namespace virtsql
