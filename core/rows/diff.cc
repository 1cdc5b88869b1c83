#include "core/rows/diff.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cassert>
#include <deque>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "core/base/interrupt.h"
#include "core/rows/expected.h"
#include "core/rows/generate.h"
#include "core/rows/layout.h"
#include "core/rows/match.h"
#include "core/rows/namespaces.h"
#include "core/rows/order.h"
#include "core/rows/row_error.h"
#include "core/xml/json.h"

namespace virtsql {
namespace {

class Differ {
 public:
  Differ(DiffMode mode, std::vector<Difference>* made) : mode_(mode), made_(made) {}

  // Documents of one root.
  void documents(const Row& a, const Row& b) {
    const Layout root_a(a.layout);
    const Layout root_b(b.layout);
    a_.root = &root_a;
    b_.root = &root_b;
    a_.path = b_.path = a.element->path;
    rows(a, b);
  }

  std::vector<Difference> take() { return std::move(out_); }

 private:
  // How one of the documents spells the place that is compared.
  struct Place {
    std::string path;                     // of the element
    const Column* declaration = nullptr;  // the namespace of the element, with its prefix
    std::string prefix;
    const Layout* root = nullptr;

    // Enters an element that is at the path in the layout.
    void enter(const Element& element, const Layout& layout, std::string_view relative_path) {
      path += '/';
      if (!element.declaration) {
        path += element.name;
        return;
      }
      if (const auto given = given_prefix(layout, relative_path))
        prefix = *given;
      else if (declaration != element.declaration)
        prefix = root_prefix(*root, *element.declaration);
      declaration = element.declaration;
      path += qualified_name(prefix, local_name(element.name));
    }
  };

  void rows(const Row& a, const Row& b) {
    if (a.element->any_name) {
      whole(a, b);
      return;
    }
    const std::size_t first = out_.size();
    const std::vector<const Column*> in_places = numbered(*a.element, a, b);
    std::vector<std::string> become;  // elements in which libvirt answers with more than was asked
    for (const Column* column : a.element->table->row_columns) {
      if (same_meaning(*column, a, b) || is_unit_of_a_size(*column, a, b)) continue;
      if (std::find(in_places.begin(), in_places.end(), column) != in_places.end()) continue;
      if (is_noise(*column, a, b) || !column->namespace_uri.empty() || !column->captured.empty()) continue;
      if (mode_ != DiffMode::kAll && becomes(*column, a, b, around_)) {
        const std::string place = path_of(*column, b, b_);
        become.push_back(place.substr(0, place.rfind('/') + 1));
      } else {
        add(a.has(*column) ? path_of(*column, a, a_) : path_of(*column, b, b_), a.has(*column), shown(*column, a),
            b.has(*column), shown(*column, b));
      }
    }
    vendor(a, b);
    for (std::size_t slot = 0; slot < a.element->row_elements.size(); ++slot)
      lists(*a.element->row_elements[slot], a, b);
    for (const std::string& element : become)
      out_.erase(std::remove_if(out_.begin() + static_cast<std::ptrdiff_t>(first), out_.end(),
                                [&](const Difference& difference) {
                                  return difference.change == Difference::Change::kAdded &&
                                         difference.path.starts_with(element);
                                }),
                 out_.end());
  }

  // Elements that are numbered in the catalog (boot#1, boot#2), in their order.
  using Group = std::vector<const Element*>;

  static void find_groups(const Element& element, std::vector<Group>& groups) {
    for (const Element* child : element.children) {
      if (child->table || child->occurrence > 1) continue;
      Group group = {child};
      for (const Element* other : element.children)
        if (other->occurrence > 1 && other->name == child->name && !other->table) group.push_back(other);
      if (group.size() > 1) groups.push_back(std::move(group));
      find_groups(*child, groups);
    }
  }

  // Compares the numbered elements of the rows as the lists that they are, so that one that goes does not change all
  // behind it. The columns that this has told all about.
  std::vector<const Column*> numbered(const Element& element, const Row& a, const Row& b) {
    const auto [groups, added] = groups_.try_emplace(&element);
    if (added) find_groups(element, groups->second);
    std::vector<const Column*> told;
    for (const Group& group : groups->second) compare_places(group, a, b, told);
    return told;
  }

  // One of the numbered elements as it is in a row: its columns, in the order of the group's first element.
  struct Numbered {
    std::vector<const Column*> columns;
    std::string content;
    bool there = false;
  };

  static void collect_columns(const Element& element, std::vector<const Column*>& columns) {
    for (const Column* column : {element.text, element.flag, element.json})
      if (column) columns.push_back(column);
    for (const Attribute& attribute : element.attributes) columns.push_back(attribute.column);
    for (const Element* child : element.children)
      if (!child->table) collect_columns(*child, columns);
  }

  static std::vector<Numbered> places(const Group& group, const Row& row) {
    std::vector<Numbered> out;
    for (const Element* element : group) {
      Numbered one;
      collect_columns(*element, one.columns);
      for (const Column* column : one.columns) {
        if (!row.has(*column)) continue;
        one.there = true;
        one.content += column->relative_path.substr(element->relative_path.size());
        one.content += '=' + comparable_value(*column, row) + '\n';
      }
      if (one.there) out.push_back(std::move(one));
    }
    return out;
  }

  void compare_places(const Group& group, const Row& a, const Row& b, std::vector<const Column*>& told) {
    const std::vector<Numbered> before = places(group, a);
    const std::vector<Numbered> after = places(group, b);
    if (before.empty() && after.empty()) return;
    std::vector<std::size_t> partner(before.size(), after.size());
    std::vector<bool> taken(after.size());
    for (std::size_t i = 0; i < before.size(); ++i)
      for (std::size_t j = 0; j < after.size() && partner[i] == after.size(); ++j)
        if (!taken[j] && before[i].content == after[j].content) {
          partner[i] = j;
          taken[j] = true;
        }
    std::vector<std::size_t> order;
    for (const std::size_t place : partner)
      if (place != after.size()) order.push_back(place);
    const bool all = order.size() == before.size() || order.size() == after.size();
    if (!all) return;  // values changed: each in its place
    for (const Element* element : group) collect_columns(*element, told);
    const std::vector<bool> kept = longest_increasing(order);
    for (std::size_t i = 0, matched = 0; i < before.size(); ++i) {
      const std::string path = element_path(before[i], a, a_);
      if (partner[i] == after.size()) {
        for (const Column* column : before[i].columns)
          if (a.has(*column) && !is_noise(*column, a, b))
            add(path_of(*column, a, a_), true, shown(*column, a), false, "");
      } else if (!kept[matched++] && !group.back()->unordered) {
        report(Difference::Change::kMoved, path, std::to_string(i), std::to_string(partner[i]));
      }
    }
    for (std::size_t j = 0; j < after.size(); ++j)
      if (!taken[j])
        for (const Column* column : after[j].columns)
          if (b.has(*column) && !is_noise(*column, a, b))
            add(path_of(*column, b, b_), false, "", true, shown(*column, b));
  }

  static std::string element_path(const Numbered& one, const Row& row, const Place& place) {
    const auto there =
        std::find_if(one.columns.begin(), one.columns.end(), [&](const Column* column) { return row.has(*column); });
    const std::string path = path_of(**there, row, place);
    const std::string_view step = std::string_view(path).substr(path.rfind('/') + 1);
    return step.starts_with("@") || step == "text()" ? path.substr(0, path.rfind('/')) : path;
  }

  bool is_of_libvirt() const { return mode_ == DiffMode::kDefined || mode_ == DiffMode::kRunning; }

  // What libvirt adds by itself, or does not say, or says of the moment.
  bool is_noise(const Column& column, const Row& a, const Row& b) const {
    if (mode_ == DiffMode::kAll) return false;
    if (is_added(column, a, b)) return is_of_libvirt() || a.has(column);
    if (a.has(column) && !b.has(column) && is_dropped(column, a, around_)) return true;
    if (is_computed(column, a, b)) return true;
    return mode_ == DiffMode::kRunning && is_actual(column, a, b, around_);
  }

  // Of a row that one of the lists alone has.
  bool is_noise(const Element& element, const Match& match, const Row& around, SaidByAll& a, SaidByAll& b) const {
    if (mode_ == DiffMode::kAll) return false;
    if (match.a) return is_row_dropped(*match.a, &around) || b.say(*match.a);
    return is_of_libvirt() && (is_started(element, *match.b, &around) || a.say(*match.b));
  }

  // A size and its unit differ together.
  static bool is_unit_of_a_size(const Column& column, const Row& a, const Row& b) {
    return column.size && (a.has(*column.size) || b.has(*column.size));
  }

  void add(const std::string& path, bool has_old, std::string old_value, bool has_new, std::string new_value) {
    if (mode_ == DiffMode::kAsked && !has_old) return;
    Difference& difference = report(!has_old   ? Difference::Change::kAdded
                                    : !has_new ? Difference::Change::kRemoved
                                               : Difference::Change::kChanged,
                                    path, std::move(old_value), std::move(new_value));
    difference.has_old = has_old;
    difference.has_new = has_new;
  }

  Difference& report(Difference::Change change, const std::string& path, std::string old_value, std::string new_value) {
    Difference difference;
    difference.change = change;
    difference.device = device_;
    for (const std::string& key : keys_) difference.key += (difference.key.empty() ? "" : "/") + key;
    difference.path = path;
    difference.has_old = difference.has_new = true;
    difference.old_value = std::move(old_value);
    difference.new_value = std::move(new_value);
    out_.push_back(std::move(difference));
    return out_.back();
  }

  static std::string shown(const Column& column, const Row& row) {
    std::string out(row.get(column));
    if (column.unit && row.has(*column.unit)) out += " " + std::string(row.get(*column.unit));
    return out;
  }

  // Enters the elements from below `above`, the row's, to the one around this one.
  static void enter_containers(Place& place, const Element& element, const Element& above, const Row& row) {
    if (element.parent == &above) return;
    enter_containers(place, *element.parent, above, row);
    const Element& container = *element.parent;
    place.enter(container, container.declaration ? Layout(row.layout) : Layout(), container.relative_path);
  }

  // The path of the row's column as its document spells it.
  static std::string path_of(const Column& column, const Row& row, const Place& place) {
    std::string out = place.path;
    [[maybe_unused]] const bool found = append_place(out, *row.element, column, row, place);
    assert(found);
    return out;
  }

  // Appends the way from the element to the column; whether it is there.
  static bool append_place(std::string& out, const Element& element, const Column& column, const Row& row,
                           const Place& place) {
    if (element.flag == &column || element.json == &column) return true;
    if (element.text == &column) {
      out += "/text()";
      return true;
    }
    for (const Attribute& attribute : element.attributes) {
      if (attribute.column != &column) continue;
      out.append("/@").append(spelling(attribute, element, row));
      return true;
    }
    const std::size_t size = out.size();
    for (const Element* child : element.children) {
      if (child->table) continue;
      Place below;
      if (child->declaration) below = place;
      below.path.clear();
      below.enter(*child, child->declaration ? Layout(row.layout) : Layout(), child->relative_path);
      out += below.path;
      if (append_place(out, *child, column, row, below)) return true;
      out.resize(size);
    }
    return false;
  }

  static std::string_view spelling(const Attribute& attribute, const Element& element, const Row& row) {
    if (!attribute.spellings.empty() && !row.layout.empty()) {
      const Layout layout(row.layout);
      for (const Attribute::Spelling& other : attribute.spellings)
        if (layout.has(element.relative_path, "@" + other.name)) return other.name;
      if (layout.has(element.relative_path, "@" + attribute.name)) return attribute.name;
    }
    return usual_spelling(attribute, row);
  }

  // The path of the element with the XML, where the catalog takes any name.
  static std::string path_of_element(const Element& element, const Place& place, std::string_view xml) {
    if (!element.any_name) return place.path;
    return place.path.substr(0, place.path.rfind('/') + 1).append(xml.substr(1, xml.find_first_of(" />\n") - 1));
  }

  // An element that is kept as JSON.
  void whole(const Row& a, const Row& b) {
    if (same_meaning(*a.element->json, a, b)) return;
    const std::string before = generate_element(a);
    add(path_of_element(*a.element, a_, before), true, before, true, generate_element(b));
  }

  // The rows of the element that both rows have below them.
  void lists(const Element& element, const Row& row_a, const Row& row_b) {
    check_interrupt();
    const Row::List& a = row_a.children[element.child_slot];
    const Row::List& b = row_b.children[element.child_slot];
    if (!a.first && !b.first) return;
    if (mode_ == DiffMode::kAsked && !a.first) return;
    const std::vector<Match> matches = match_rows(a, b);
    const Moves moves = element.ordered ? moves_of(matches, b) : Moves();
    const Place outer_a = a_;
    const Place outer_b = b_;
    enter_containers(a_, element, *row_a.element, row_a);
    enter_containers(b_, element, *row_b.element, row_b);
    const Place around_a = a_;
    const Place around_b = b_;
    // Matches come in the order of `a`, then in that of `b`.
    std::size_t place_in_a = 0;
    Places place_in_b{b.first};
    SaidByAll all_of_a(a);
    SaidByAll all_of_b(b);
    for (const Match& match : matches) {
      const std::size_t place = match.a ? place_in_a++ : place_in_b.of(*match.b);
      if (!(match.a && match.b) && is_noise(element, match, row_a, all_of_a, all_of_b)) continue;
      const bool made = !match.a && element.added && is_of_libvirt();
      if (made && !made_) continue;
      const Row& row = match.a ? *match.a : *match.b;
      const std::string outer = device_;
      if (element.table->is_device()) device_ = element.table->device_type;
      const bool many = element.many || element.recursion;
      if (many) keys_.push_back(key_of(row, place));
      if (match.a) a_.enter(element, element.declaration ? Layout(match.a->layout) : Layout(), "");
      if (match.b) b_.enter(element, element.declaration ? Layout(match.b->layout) : Layout(), "");
      if (match.a && match.b) {
        if (const auto moved = moves.find(match.a); moved != moves.end())
          report(Difference::Change::kMoved, a_.path, std::to_string(place), std::to_string(moved->second));
        const Row* outer_row = std::exchange(around_, &row_a);
        rows(*match.a, *match.b);
        around_ = outer_row;
      } else {
        const std::string xml = generate_element(row);
        const std::string path = path_of_element(*row.element, match.a ? a_ : b_, xml);
        if (made) out_.swap(*made_);
        if (match.a)
          add(path, true, xml, false, "");
        else
          add(path, false, "", true, xml);
        if (made) out_.swap(*made_);
      }
      a_ = around_a;
      b_ = around_b;
      if (many) keys_.pop_back();
      device_ = outer;
    }
    a_ = outer_a;
    b_ = outer_b;
  }

  // Of the rows that moved: the row of `a`, and its place in `b`.
  using Moves = std::unordered_map<const Row*, std::size_t>;

  // The fewest rows that explain why the others are in another order.
  static Moves moves_of(const std::vector<Match>& matches, const Row::List& b) {
    std::unordered_map<const Row*, std::size_t> places;
    for (const Row* row = b.first; row; row = row->next) places.emplace(row, places.size());
    std::vector<const Row*> both;
    std::vector<std::size_t> order;
    for (const Match& match : matches) {
      if (!match.a || !match.b) continue;
      both.push_back(match.a);
      order.push_back(places.at(match.b));
    }
    const std::vector<bool> kept = longest_increasing(order);
    Moves out;
    for (std::size_t i = 0; i < both.size(); ++i)
      if (!kept[i]) out.emplace(both[i], order[i]);
    return out;
  }

  // The places of rows in their list, asked for in its order.
  struct Places {
    const Row* at;
    std::size_t place = 0;

    std::size_t of(const Row& row) {
      for (; at != &row; at = at->next) ++place;
      return place;
    }
  };

  // What the row says of the real thing that it uses, where nothing else identifies it: a host device by its source.
  static std::string thing_of(const Row& row) {
    std::string out;
    const Table* resource = row.element->table->resource;
    if (!resource || !resource->host_scoped) return out;
    for (const Column* column : resource->columns)
      if (!row.get(*column).empty()) out += (out.empty() ? "" : " ") + std::string(row.get(*column));
    return out;
  }

  // What identifies the row among its siblings; else its place, from 0.
  static std::string key_of(const Row& row, std::size_t place) {
    if (row.element->any_name)
      if (std::string name = element_identity(row); !name.empty()) return name;
    for (const Identity& identity : row.element->table->identities) {
      if (!identity.certain || row.get(*identity.columns.front()).empty()) continue;
      std::string out;
      for (auto column = identity.columns.rbegin(); column != identity.columns.rend(); ++column)
        if (row.has(**column)) out += (out.empty() ? "" : " ") + std::string(row.get(**column));
      return out;
    }
    if (std::string thing = thing_of(row); !thing.empty()) return thing;
    return std::to_string(place);
  }

  // What has no column: compared by place and name, in order.
  void vendor(const Row& a, const Row& b) {
    if (!a.vendor && !b.vendor) return;
    const auto counts = [](const Row& row, const VendorItem& item) {
      if (item.kind == VendorItem::Kind::kAttribute) return item.name != "xmlns" && !item.name.starts_with("xmlns:");
      return item.kind != VendorItem::Kind::kText || !xml::is_space(vendor_text(row, item));
    };
    // Those of `b` by what they are, and by what and where they are; in their order.
    const auto place = [](const VendorItem& item) {
      return std::to_string(static_cast<int>(item.kind)) + std::string(item.path) + '\0' + std::string(item.name) +
             '\0';
    };
    const auto whole = [&](const VendorItem& item) { return place(item) + std::string(item.value_json); };
    std::unordered_set<const VendorItem*> open;
    std::unordered_map<std::string, std::deque<const VendorItem*>> equal, alike;
    for (const VendorItem* item = b.vendor; item; item = item->next) {
      open.insert(item);
      equal[whole(*item)].push_back(item);
    }
    const auto take = [&](auto& from, const std::string& key) -> const VendorItem* {
      const auto found = from.find(key);
      if (found == from.end() || found->second.empty()) return nullptr;
      const VendorItem* item = found->second.front();
      found->second.pop_front();
      open.erase(item);
      return item;
    };
    std::vector<const VendorItem*> unequal;
    for (const VendorItem* item = a.vendor; item; item = item->next)
      if (!take(equal, whole(*item)) && counts(a, *item)) unequal.push_back(item);
    for (const VendorItem* item = b.vendor; item; item = item->next)
      if (open.contains(item)) alike[place(*item)].push_back(item);
    for (const VendorItem* item : unequal) {
      const VendorItem* other = take(alike, place(*item));
      add(vendor_path(a, *item, a_), true, vendor_text(a, *item), other != nullptr,
          other ? vendor_text(b, *other) : "");
    }
    for (const VendorItem* item = b.vendor; item; item = item->next)
      if (open.contains(item) && counts(b, *item))
        add(vendor_path(b, *item, b_), false, "", true, vendor_text(b, *item));
  }

  static std::string vendor_path(const Row& row, const VendorItem& item, const Place& place) {
    std::string out = path_of_container(*row.element, item.path, row, place);
    out += item.kind == VendorItem::Kind::kText        ? "/text()"
           : item.kind == VendorItem::Kind::kAttribute ? "/@" + std::string(item.name)
                                                       : "/" + std::string(item.name);
    return out;
  }

  // The path of the row's container with this relative path.
  static std::string path_of_container(const Element& element, std::string_view relative_path, const Row& row,
                                       Place place) {
    if (element.relative_path == relative_path) return place.path;
    for (const Element* child : element.children) {
      if (child->table || !is_at_or_below(relative_path, child->relative_path)) continue;
      place.enter(*child, child->declaration ? Layout(row.layout) : Layout(), child->relative_path);
      return path_of_container(*child, relative_path, row, std::move(place));
    }
    return place.path + "/" + std::string(relative_path);  // edited to a place that is none
  }

  static std::string vendor_text(const Row& row, const VendorItem& item) {
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

  DiffMode mode_;
  std::vector<Difference>* made_;                                  // may be nullptr
  std::unordered_map<const Element*, std::vector<Group>> groups_;  // of the rows' elements
  std::string device_;
  Place a_, b_;                  // the element that is compared
  const Row* around_ = nullptr;  // of `a`, what has the row that is compared
  std::vector<std::string> keys_;
  std::vector<Difference> out_;
};

}  // namespace

std::string_view change_name(Difference::Change change) {
  switch (change) {
    case Difference::Change::kAdded:
      return "added";
    case Difference::Change::kRemoved:
      return "removed";
    case Difference::Change::kMoved:
      return "moved";
    case Difference::Change::kChanged:
      break;
  }
  return "changed";
}

std::vector<Difference> diff(const Row& a, const Row& b, DiffMode mode, std::vector<Difference>* made) {
  Differ differ(mode, made);
  differ.documents(a, b);
  return differ.take();
}

std::string to_json(const std::vector<Difference>& differences) {
  boost::json::array out;
  for (const Difference& difference : differences) {
    boost::json::object object;
    object["change"] = change_name(difference.change);
    if (!difference.device.empty()) object["device"] = difference.device;
    if (!difference.key.empty()) object["key"] = difference.key;
    object["path"] = difference.path;
    if (difference.has_old) object["old"] = difference.old_value;
    if (difference.has_new) object["new"] = difference.new_value;
    out.push_back(std::move(object));
  }
  return boost::json::serialize(out);
}

}  // namespace virtsql
