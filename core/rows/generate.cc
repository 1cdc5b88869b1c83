#include "core/rows/generate.h"

#include <algorithm>
#include <vector>

#include "core/base/work.h"
#include "core/rows/definition.h"
#include "core/rows/layout.h"
#include "core/xml/json.h"

namespace virtsql {
namespace {

// Writes one row: its element with everything below it that belongs to the row, and its child rows.
class RowWriter {
 public:
  RowWriter(const Row& row, xml::Writer& writer, Arena& arena)
      : row_(row), writer_(writer), arena_(arena), layout_(row.layout), plain_(layout_.empty() && !row.vendor) {}

  void write() {
    const Element& element = *row_.element;
    if (element.any_name) {
      if (row_.has(*element.json))
        writer_.verbatim(*from_json(row_.get(*element.json), arena_), layout_.has("", Layout::kQuotes));
      return;
    }
    writer_.open(element.name);
    contents(element);
    writer_.close();
  }

 private:
  bool has_vendor(const Element& element) const {
    for (const VendorItem* item = row_.vendor; item; item = item->next)
      if (item->path == element.relative_path) return true;
    return false;
  }

  // Whether nothing at all of the container is in the row: a quick answer, which may miss that.
  bool is_absent(const Element& element) const {
    for (std::size_t slot = element.first_slot; slot < element.end_slot; ++slot)
      if (row_.values[slot].data()) return false;
    for (std::size_t slot = element.first_child_slot; slot < element.end_child_slot; ++slot)
      if (row_.children[slot].first) return false;
    if (plain_) return true;
    if (layout_.reaches(element.relative_path)) return false;
    for (const VendorItem* item = row_.vendor; item; item = item->next)
      if (is_at_or_below(item->path, element.relative_path)) return false;
    return true;
  }

  // is_absent() may say no where there is nothing; this is exact.
  bool writes_something(const Element& element) const {
    xml::Writer scratch;
    scratch.open("scratch");
    return RowWriter(row_, scratch, arena_).container(element);
  }

  // Writes the container; whether there was anything in it.
  bool container(const Element& element) {
    if (is_absent(element)) return false;
    const xml::Writer::Mark mark = writer_.mark();
    writer_.open(element.name);
    bool any = false;
    if (element.json) {
      if (const std::string_view json = row_.get(*element.json); json.data()) {
        writer_.contents(*content_from_json(element.name, json, arena_));
        any = true;
      }
    } else {
      any = contents(element);
    }
    if (element.flag) {
      const std::string_view flag = row_.get(*element.flag);
      any = any || (flag.data() && flag != "0");
    }
    if (!any && !plain_) {
      const Layout::Order* order = layout_.find(element.relative_path);
      any = order && order->empty();
    }
    if (!any) {
      writer_.rewind(mark);
      return false;
    }
    writer_.close();
    return true;
  }

  // Writes the attributes, text and children; whether there were any.
  bool contents(const Element& element) {
    if (!plain_ && (layout_.find(element.relative_path) || has_vendor(element))) return ordered_contents(element);
    bool any = false;
    for (const Attribute& known : element.attributes) any = attribute(known, {}) || any;
    any = text(element) || any;
    for (const auto& child : element.children) any = this->child(*child) || any;
    return any;
  }

  std::string_view spelling(const Attribute& attribute) const {
    if (attribute.spelled_after) {
      const std::string_view type = row_.get(*attribute.spelled_after);
      for (const Attribute::Spelling& other : attribute.spellings)
        if (type.data() && other.when_type == type) return other.name;
    }
    return attribute.name;
  }

  bool attribute(const Attribute& attribute, std::string_view name) {
    const std::string_view text = row_.get(*attribute.column);
    if (!text.data()) return false;
    writer_.attribute(name.empty() ? spelling(attribute) : name, text);
    return true;
  }

  bool text(const Element& element) {
    if (!element.text) return false;
    const std::string_view text = row_.get(*element.text);
    if (!text.data()) return false;
    writer_.text(text, !plain_ && layout_.has(element.relative_path, Layout::kQuotes));
    return true;
  }

  bool rows(const Element& element) {
    bool any = false;
    for (const Row* child = row_.children[element.child_slot].first; child; child = child->next) {
      RowWriter(*child, writer_, arena_).write();
      any = true;
    }
    return any;
  }

  bool child(const Element& element) {
    if (!element.table) return container(element);
    return rows(element);
  }

  // One attribute or child in the order in which it is to be written.
  struct Item {
    const Attribute* attribute = nullptr;
    std::string_view spelled;  // of an attribute whose name the layout gives
    const Element* container = nullptr;
    const Row* row = nullptr;
    const VendorItem* vendor = nullptr;
  };

  bool ordered_contents(const Element& element) {
    static const Layout::Order kNone;
    const Layout::Order* order = layout_.find(element.relative_path);
    if (!order) order = &kNone;
    bool any = false;
    for (const Item& item : attribute_items(element, *order)) {
      if (item.vendor) {
        writer_.attribute(item.vendor->name, from_json_string(item.vendor->value_json, arena_));
        any = true;
      } else {
        any = attribute(*item.attribute, item.spelled) || any;
      }
    }
    any = text(element) || any;
    const std::vector<Item> items = child_items(element, *order);
    const bool only_text = items.size() == 1 && items[0].vendor && items[0].vendor->kind == VendorItem::Kind::kText;
    for (const Item& item : items) {
      if (item.vendor && item.vendor->kind == VendorItem::Kind::kText) {
        const std::string_view stray = from_json_string(item.vendor->value_json, arena_);
        if (only_text)
          writer_.text(stray);
        else
          writer_.stray_text(stray);
        any = true;
      } else if (item.vendor) {
        writer_.element(*from_json(item.vendor->value_json, arena_));
        any = true;
      } else if (item.row) {
        RowWriter(*item.row, writer_, arena_).write();
        any = true;
      } else {
        any = container(*item.container) || any;
      }
    }
    return any;
  }

  std::vector<Item> attribute_items(const Element& element, const Layout::Order& order) const {
    std::vector<Item> items;
    std::vector<bool> done(element.attributes.size());
    for (const std::string& token : order) {
      if (!token.starts_with("@")) continue;
      const std::string_view name = std::string_view(token).substr(1);
      for (std::size_t at = 0; at < element.attributes.size(); ++at) {
        const Attribute& known = element.attributes[at];
        const bool spelled = std::any_of(known.spellings.begin(), known.spellings.end(),
                                         [&](const Attribute::Spelling& other) { return other.name == name; });
        if (done[at] || (known.name != name && !spelled)) continue;
        done[at] = true;
        items.push_back({&known, known.spellings.empty() ? std::string_view() : name, nullptr, nullptr, nullptr});
      }
    }
    // Only what will be written counts for the places of vendor items.
    std::erase_if(items, [&](const Item& item) { return !row_.has(*item.attribute->column); });
    std::size_t after = 0;
    for (std::size_t at = 0; at < element.attributes.size(); ++at) {
      const Attribute& known = element.attributes[at];
      if (done[at]) {
        for (std::size_t i = 0; i < items.size(); ++i)
          if (items[i].attribute == &known) after = i + 1;
      } else if (row_.has(*known.column)) {
        items.insert(items.begin() + static_cast<std::ptrdiff_t>(after), Item{&known, {}, nullptr, nullptr, nullptr});
        ++after;
      }
    }
    insert_vendor(items, element, true);
    return items;
  }

  std::vector<Item> child_items(const Element& element, const Layout::Order& order) const {
    // What there is, by description, in the catalog's order.
    std::vector<std::vector<Item>> there(element.children.size());
    for (std::size_t at = 0; at < element.children.size(); ++at) {
      const Element& child = *element.children[at];
      if (!child.table) {
        if (!is_absent(child) && writes_something(child)) there[at].push_back({nullptr, {}, &child, nullptr, nullptr});
      } else {
        for (const Row* row = row_.children[child.child_slot].first; row; row = row->next)
          there[at].push_back({nullptr, {}, nullptr, row, nullptr});
      }
    }
    std::vector<std::pair<std::size_t, Item>> placed;
    std::vector<std::size_t> taken(element.children.size());
    for (const std::string& token : order) {
      if (token.starts_with("@")) continue;
      for (std::size_t at = 0; at < element.children.size(); ++at) {
        if (element.children[at]->token != token) continue;
        if (taken[at] < there[at].size()) placed.emplace_back(at, there[at][taken[at]++]);
        break;
      }
    }
    // The rest follows the last of its kind, or of what comes before it in the catalog.
    std::size_t after = 0;
    for (std::size_t at = 0; at < element.children.size(); ++at) {
      if (there[at].empty()) continue;
      for (std::size_t i = placed.size(); i > after; --i) {
        if (placed[i - 1].first != at) continue;
        after = i;
        break;
      }
      const std::size_t rest = there[at].size() - taken[at];
      for (std::size_t i = 0; i < rest; ++i)
        placed.insert(placed.begin() + static_cast<std::ptrdiff_t>(after++), {at, there[at][taken[at] + i]});
    }
    std::vector<Item> items;
    items.reserve(placed.size());
    for (const auto& [at, item] : placed) items.push_back(item);
    insert_vendor(items, element, false);
    return items;
  }

  // Vendor items know their index among their siblings.
  void insert_vendor(std::vector<Item>& items, const Element& element, bool attributes) const {
    std::vector<Item> known;
    known.swap(items);
    auto next = known.begin();
    for (const VendorItem* item = row_.vendor; item; item = item->next) {
      if (item->path != element.relative_path || (item->kind == VendorItem::Kind::kAttribute) != attributes) continue;
      while (next != known.end() && static_cast<std::int64_t>(items.size()) < item->position) items.push_back(*next++);
      items.push_back({nullptr, {}, nullptr, nullptr, item});
    }
    items.insert(items.end(), next, known.end());
  }

  const Row& row_;
  xml::Writer& writer_;
  Arena& arena_;
  Layout layout_;
  bool plain_;
};

}  // namespace

std::string generate(const Row& row, Form form) {
  ++work.generations;
  if (form == Form::kFull) return generate_element(row);
  Arena arena;
  return generate_element(*definition_of(row, arena));
}

std::string generate_element(const Row& row) {
  Arena arena;
  xml::Writer writer;
  RowWriter(row, writer, arena).write();
  return writer.take();
}

}  // namespace virtsql
