#include "core/rows/vendor_match.h"

#include <deque>
#include <unordered_map>
#include <unordered_set>

#include "core/base/arena.h"
#include "core/rows/row_error.h"
#include "core/xml/json.h"
#include "core/xml/writer.h"
#include "core/xml/xml.h"

namespace virtsql {
namespace {

// Whether the item means something: namespace declarations and white space do not.
bool counts(const Row& row, const VendorItem& item) {
  if (item.kind == VendorItem::Kind::kAttribute) return !xml::declares_namespace(item.name);
  return item.kind != VendorItem::Kind::kText || !xml::is_space(vendor_text(row, item));
}

// Returns the item's kind, path and name as one key; with_content() adds its value.
std::string place(const VendorItem& item) {
  return std::to_string(static_cast<int>(item.kind)) + std::string(item.path) + '\0' + std::string(item.name) + '\0';
}

std::string with_content(const VendorItem& item) { return place(item) + std::string(item.value_json); }

}  // namespace

std::vector<VendorMatch> differing_vendor_items(const Row& a, const Row& b) {
  std::vector<VendorMatch> out;
  if (!a.vendor && !b.vendor) return out;
  std::unordered_set<const VendorItem*> open;  // items of `b` without a partner
  std::unordered_map<std::string, std::deque<const VendorItem*>> equal, alike;
  for (const VendorItem* item = b.vendor; item; item = item->next) {
    open.insert(item);
    equal[with_content(*item)].push_back(item);
  }
  const auto take = [&](auto& from, const std::string& key) -> const VendorItem* {
    const auto found = from.find(key);
    if (found == from.end() || found->second.empty()) return nullptr;
    const VendorItem* item = found->second.front();
    found->second.pop_front();
    open.erase(item);
    return item;
  };
  for (const VendorItem* item = a.vendor; item; item = item->next)
    if (!take(equal, with_content(*item)) && counts(a, *item)) out.push_back({item, nullptr});
  for (const VendorItem* item = b.vendor; item; item = item->next)
    if (open.contains(item)) alike[place(*item)].push_back(item);
  for (VendorMatch& match : out) match.b = take(alike, place(*match.a));
  for (const VendorItem* item = b.vendor; item; item = item->next)
    if (open.contains(item) && counts(b, *item)) out.push_back({nullptr, item});
  return out;
}

std::string vendor_text(const Row& row, const VendorItem& item) {
  try {
    Arena arena;
    if (item.kind != VendorItem::Kind::kElement) return std::string(from_json_string(item.value_json, arena));
    xml::Writer writer;
    writer.element(*from_json(item.value_json, arena));
    return writer.take();
  } catch (const xml::Error& error) {
    throw RowError(row, std::string("vendor_options: ") + error.what());
  }
}

}  // namespace virtsql
