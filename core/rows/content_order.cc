#include "core/rows/content_order.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>

#include "core/rows/namespaces.h"

namespace virtsql {
namespace {

// Inserts the element's vendor attributes, or its vendor elements and texts, each at its index among its siblings.
void insert_vendor(std::vector<ContentItem>& items, const Row& row, const Element& element, bool attributes) {
  std::vector<ContentItem> known;
  known.swap(items);
  auto next = known.begin();
  for (const VendorItem* item = row.vendor; item; item = item->next) {
    if (item->path != element.relative_path || (item->kind == VendorItem::Kind::kAttribute) != attributes) continue;
    while (next != known.end() && static_cast<std::int64_t>(items.size()) < item->position) items.push_back(*next++);
    items.push_back({.vendor = item});
  }
  items.insert(items.end(), next, known.end());
}

}  // namespace

std::vector<ContentItem> attribute_order(const Row& row, const Element& element, const Layout::Order& order,
                                         Arena& arena) {
  std::vector<ContentItem> items;
  std::vector<bool> done(element.attributes.size());
  for (const std::string& token : order) {
    if (!token.starts_with("@")) continue;
    if (const Column* declared = declared_by(token, element)) {
      const std::string_view prefix = *declaring_prefix(token, *declared);
      const std::string_view name = arena.copy(prefix.empty() ? "xmlns" : "xmlns:" + std::string(prefix));
      const auto known = std::find_if(element.attributes.begin(), element.attributes.end(),
                                      [&](const Attribute& attribute) { return attribute.column == declared; });
      if (known == element.attributes.end()) {
        items.push_back({.spelled = name, .declared = declared});
      } else if (const auto at = static_cast<std::size_t>(known - element.attributes.begin()); !done[at]) {
        done[at] = true;
        items.push_back({.attribute = &*known, .spelled = name});
      }
      continue;
    }
    const std::string_view name = std::string_view(token).substr(1);
    for (std::size_t at = 0; at < element.attributes.size(); ++at) {
      const Attribute& known = element.attributes[at];
      const bool spelled = std::any_of(known.spellings.begin(), known.spellings.end(),
                                       [&](const Attribute::Spelling& other) { return other.name == name; });
      if (done[at] || (known.name != name && !spelled)) continue;
      done[at] = true;
      items.push_back({.attribute = &known, .spelled = known.spellings.empty() ? std::string_view() : name});
    }
  }
  // Positions of vendor items count only what is written, so attributes without a value must go first.
  std::erase_if(items, [&](const ContentItem& item) { return item.attribute && !row.has(*item.attribute->column); });
  std::size_t after = 0;
  for (std::size_t at = 0; at < element.attributes.size(); ++at) {
    const Attribute& known = element.attributes[at];
    if (done[at]) {
      for (std::size_t i = 0; i < items.size(); ++i)
        if (items[i].attribute == &known) after = i + 1;
    } else if (row.has(*known.column)) {
      items.insert(items.begin() + static_cast<std::ptrdiff_t>(after), ContentItem{.attribute = &known});
      ++after;
    }
  }
  insert_vendor(items, row, element, true);
  return items;
}

std::vector<ContentItem> child_order(const Row& row, const Element& element, const Layout::Order& order,
                                     const std::function<bool(const Element&)>& is_written) {
  // For each child element of the catalog, in its order: the containers and rows of it that exist.
  std::vector<std::vector<ContentItem>> there(element.children.size());
  for (std::size_t at = 0; at < element.children.size(); ++at) {
    const Element& child = *element.children[at];
    if (!child.table) {
      if (is_written(child)) there[at].push_back({.container = &child});
    } else {
      for (const Row* one = row.children[child.child_slot].first; one; one = one->next)
        there[at].push_back({.row = one});
    }
  }
  std::vector<ContentItem> placed;
  std::vector<std::size_t> taken(element.children.size());
  std::vector<std::size_t> behind(element.children.size());  // by child element: the place behind its last placed item
  for (const std::string& token : order) {
    if (token.starts_with("@")) continue;
    for (std::size_t at = 0; at < element.children.size(); ++at) {
      if (element.children[at]->token != token) continue;
      if (taken[at] < there[at].size()) {
        placed.push_back(there[at][taken[at]++]);
        behind[at] = placed.size();
      }
      break;
    }
  }
  // The rest follows the last placed item of its kind, or of the kinds that come before it in the catalog.
  std::map<std::size_t, std::vector<ContentItem>> rest;
  std::size_t after = 0;
  for (std::size_t at = 0; at < element.children.size(); ++at) {
    if (there[at].empty()) continue;
    if (behind[at] != 0) after = behind[at];
    if (taken[at] < there[at].size())
      rest[after].insert(rest[after].end(), there[at].begin() + static_cast<std::ptrdiff_t>(taken[at]),
                         there[at].end());
  }
  std::vector<ContentItem> items;
  std::size_t done = 0;
  for (const auto& [place, more] : rest) {
    for (; done < place; ++done) items.push_back(placed[done]);
    items.insert(items.end(), more.begin(), more.end());
  }
  items.insert(items.end(), placed.begin() + static_cast<std::ptrdiff_t>(done), placed.end());
  insert_vendor(items, row, element, false);
  return items;
}

}  // namespace virtsql
