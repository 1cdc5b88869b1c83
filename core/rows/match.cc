// How rows are matched: in passes, each over the rows that the passes before it left without a partner. A pass puts
// rows into one group if they have the same values
//
//   1. in their {key} columns: the disk's target, the interface's MAC address
//   2. in their resource: the same image under another target
//   3. in their {hint} columns: alias, address
//   4. in nothing: one group of all that are left
//
// In passes 3 and 4, two rows whose keys or resources differ are never paired (excluded()).
//
// A group mostly has one row of each list. If it has more (two interfaces with the same MAC address), content decides:
// first rows that are equal in everything are paired, then the pair that differs in the fewest values. The place in the
// list decides only among pairs that differ equally much. The result does not depend on which list is `a`, so a diff of
// (b, a) mirrors the diff of (a, b).
//
// Pass 2 comes before the hints because addresses are reused: a new disk often gets the address of a removed one. In a
// list whose order has a meaning, equal rows are paired before pass 4 so that as many as possible keep their order.
#include "core/rows/match.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <span>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "core/rows/expected.h"
#include "core/rows/meaning.h"
#include "core/rows/order.h"
#include "core/xml/json.h"

namespace virtsql {
namespace {

// A group with more possible pairs than this is cut into runs of about this many, so that time stays linear in the
// number of rows.
constexpr std::size_t kMostPairs = 10000;

// If an ordered list has more pairs of equal rows than this, its equal rows are paired in the order in which they come,
// without a search for the most rows that keep their order.
constexpr std::size_t kMostEqualPairs = 1U << 20U;

// The identity's values joined into one text. Empty if the row lacks a value that the identity needs. An address that
// has only a type (virtio-mmio, unassigned) names no place, so it is no hint.
std::string identity_text(const Identity& identity, const Row& row) {
  const auto said = [&row](const Column* column) { return !row.get(*column).empty(); };
  const auto& columns = identity.columns;
  if (!said(columns.front())) return {};
  const bool whole = identity.certain ? std::all_of(columns.begin() + 1, columns.end(), said)
                                      : std::any_of(columns.begin() + 1, columns.end(), said);
  if (columns.size() > 1 && !whole) return {};
  std::string out;
  for (const Column* column : columns) {
    if (row.has(*column)) out += comparable_value(*column, row);
    out += '\n';
  }
  return out;
}

// Whether the rows cannot be the same thing. The first {key} that both have decides: it excludes them if it differs. If
// they have no such key, a value by which their resource is shared excludes them if both have it, it differs, and
// libvirt does not make one of the two values of the other ({becomes}).
bool excluded(const Row& a, const Row& b) {
  if (a.element->any_name) return element_identity(a) != element_identity(b);
  for (const Identity& identity : a.element->table->identities) {
    if (!identity.certain) continue;
    const std::string one = identity_text(identity, a);
    const std::string other = identity_text(identity, b);
    if (!one.empty() && !other.empty()) return one != other;
  }
  const Table* resource = a.element->table->resource;
  if (!resource) return false;
  for (const Name& key : resource->share_keys) {
    const Column& column = *resource->find(key);
    if (!a.get(column).empty() && !b.get(column).empty() && !same_meaning(column, a, b) &&
        !becomes(column, a, b, true) && !becomes(column, b, a, true))
      return true;
  }
  return false;
}

// Appends the values of the columns to the text. Rows whose values mean the same get equal text.
void append_values(std::string& out, const Row& row, std::span<const Column* const> columns) {
  for (const Column* column : columns) {
    const bool is_unit = column->size && row.has(*column->size);  // the size's comparable value includes it
    if (row.has(*column) && !is_unit) {
      const std::string value = comparable_value(*column, row);
      out += std::to_string(value.size()) + ':';
      out += value;
    }
    out += '\n';
  }
}

// Appends everything that the row and the rows below it say. Equal rows get equal text.
void append_content(std::string& out, const Row& row) {
  append_values(out, row, row.element->table->row_columns);
  for (const VendorItem* item = row.vendor; item; item = item->next) {
    out += std::to_string(static_cast<int>(item->kind));
    for (const std::string_view part : {item->path, item->name, item->value_json})
      out.append(std::to_string(part.size()) + ':').append(part);
  }
  for (std::size_t slot = 0; slot < row.element->row_elements.size(); ++slot) {
    for (const Row* child = row.children[slot].first; child; child = child->next) {
      out += '(';
      append_content(out, *child);
    }
    out += ')';
  }
}

std::string content_of(const Row& row) {
  std::string out;
  append_content(out, row);
  return out;
}

// The values of the resource that the row uses, as one text. Empty if the resource is no real thing of a host, or if
// the row has none of the values by which it is shared.
std::string thing_of(const Row& row) {
  const Table* resource = row.element->table->resource;
  if (!resource || !resource->host_scoped) return {};
  const auto named = [&](const Name& key) { return !row.get(*resource->find(key)).empty(); };
  if (!std::any_of(resource->share_keys.begin(), resource->share_keys.end(), named)) return {};
  std::string out;
  append_values(out, row, resource->columns);
  return out;
}

// Whether the column is a hint (alias, address): it says where the device sits now, not which device it is.
bool is_hint(const Column& column, const Table& table) {
  return std::any_of(table.identities.begin(), table.identities.end(), [&](const Identity& identity) {
    const auto& columns = identity.columns;
    return !identity.certain && std::find(columns.begin(), columns.end(), &column) != columns.end();
  });
}

// In how many values the rows differ, weighted. A value that only one of them has counts little, because libvirt may
// have filled it in. But libvirt fills in one of them: if each has a value that the other lacks, the two values count
// as one that differs. A hint counts little, because the thing may have moved.
std::size_t distance(const Row& a, const Row& b) {
  constexpr std::size_t kDiffers = 16;
  const Table& table = *a.element->table;
  std::size_t differing = 0, only_a = 0, only_b = 0, hints = 0;
  for (const Column* column : table.row_columns) {
    if (column->size || same_meaning(*column, a, b)) continue;
    if (is_hint(*column, table))
      ++hints;
    else if (a.has(*column) && b.has(*column))
      ++differing;
    else
      ++(a.has(*column) ? only_a : only_b);
  }
  const auto [fewer, more] = std::minmax(only_a, only_b);
  return kDiffers * (differing + fewer) + (more - fewer) + hints;
}

class Matcher {
 public:
  Matcher(const Row::List& a, const Row::List& b) {
    for (Row* row = a.first; row; row = row->next) a_.push_back({row, nullptr, {}});
    for (Row* row = b.first; row; row = row->next) b_.push_back({row, nullptr, {}});
  }

  std::vector<Match> match() {
    if (!a_.empty() && !b_.empty()) {
      const Element& element = *a_.front().row->element;
      if (element.any_name) pair_groups(element_identity, Says::kAll);
      by_identities(*element.table, true);
      pair_groups(thing_of, Says::kAll);
      by_identities(*element.table, false);
      if (element.ordered) pair_in_order();
      // Elements of any name are known by their identity alone, by which they are paired above.
      if (!element.any_name) pair_groups([](const Row&) { return std::string("any"); }, Says::kSome);
    }
    std::vector<Match> out;
    for (const Side& side : a_) out.push_back({side.row, side.partner});
    for (const Side& side : b_)
      if (!side.partner) out.push_back({nullptr, side.row});
    return out;
  }

 private:
  struct Side {
    Row* row;
    Row* partner;
    std::string known_content;  // empty: not computed yet

    // Computed once and cached, because several passes ask for it.
    std::string_view content() {
      if (known_content.empty()) known_content = content_of(*row);
      return known_content;
    }
  };

  // What it means that rows are in one group. kAll: they are the same thing. kSome: they may be, unless excluded().
  enum class Says { kAll, kSome };

  // Rows of both lists that have no partner yet and the same text in this pass, in the order of their lists.
  struct Group {
    std::vector<Side*> a, b;
  };

  static void pair(Side& a, Side& b) {
    a.partner = b.row;
    b.partner = a.row;
  }

  void by_identities(const Table& table, bool certain) {
    std::vector<Identity> identities(table.identities.begin(), table.identities.end());
    // Identities with more columns first: they tell apart rows that agree in an identity with fewer.
    std::stable_sort(identities.begin(), identities.end(), [](const Identity& one, const Identity& other) {
      return one.columns.size() > other.columns.size();
    });
    for (const Identity& identity : identities)
      if (identity.certain == certain)
        pair_groups([&](const Row& row) { return identity_text(identity, row); }, certain ? Says::kAll : Says::kSome);
  }

  // Pairs rows without a partner that have the same element and the same text. Rows with an empty text are left out.
  template <typename Text>
  void pair_groups(Text text_of, Says says) {
    const auto key = [&](const Row& row) {
      std::string text = text_of(row);
      return text.empty() ? text : std::to_string(reinterpret_cast<std::uintptr_t>(row.element)) + '\n' + text;
    };
    std::unordered_map<std::string, Group> groups;
    for (Side& side : a_)
      if (!side.partner)
        if (std::string text = key(*side.row); !text.empty()) groups[std::move(text)].a.push_back(&side);
    if (groups.empty()) return;
    for (Side& side : b_)
      if (!side.partner)
        if (const auto found = groups.find(key(*side.row)); found != groups.end()) found->second.b.push_back(&side);
    for (auto& [text, group] : groups) pair_group(group, says);
  }

  static void pair_group(Group& group, Says says) {
    if (group.a.size() > 1 || group.b.size() > 1) pair_equal(group);
    // A large group is paired in runs. As long as at least half of its rows find a partner in their run, try again: the
    // rows that are left may find one when the runs are cut anew.
    for (bool again = true; again && !group.a.empty() && !group.b.empty();) {
      const std::size_t open = std::min(group.a.size(), group.b.size());
      again = pair_in_runs(group, says) > 1;
      drop_paired(group);
      again = again && 2 * std::min(group.a.size(), group.b.size()) <= open;
    }
  }

  static void drop_paired(Group& group) {
    const auto is_paired = [](const Side* side) { return side->partner != nullptr; };
    std::erase_if(group.a, is_paired);
    std::erase_if(group.b, is_paired);
  }

  // Pairs the rows that are equal in everything, in their order. Rows with equal content are never excluded().
  static void pair_equal(Group& group) {
    std::unordered_map<std::string_view, std::deque<Side*>> equal;
    for (Side* side : group.b) equal[side->content()].push_back(side);
    for (Side* side : group.a) {
      const auto found = equal.find(side->content());
      if (found == equal.end() || found->second.empty()) continue;
      pair(*side, *found->second.front());
      found->second.pop_front();
    }
    drop_paired(group);
  }

  // Pairs each row with the nearest one; in a large group with the nearest in about the same part of the other list.
  // Returns the number of runs into which the group was cut.
  static std::size_t pair_in_runs(const Group& group, Says says) {
    const double pairs = static_cast<double>(group.a.size()) * static_cast<double>(group.b.size());
    const std::size_t runs =
        std::min({static_cast<std::size_t>(std::ceil(std::sqrt(pairs / kMostPairs))), group.a.size(), group.b.size()});
    const auto part = [&](const std::vector<Side*>& sides, std::size_t run) {
      const std::size_t first = run * sides.size() / runs;
      return std::span(sides).subspan(first, (run + 1) * sides.size() / runs - first);
    };
    for (std::size_t run = 0; run < runs; ++run) pair_nearest(part(group.a, run), part(group.b, run), says);
    return runs;
  }

  static void pair_nearest(std::span<Side* const> a, std::span<Side* const> b, Says says) {
    struct Candidate {
      std::size_t distance, i, j;

      // Candidates that are equal in this, (i, j) and (j, i), have no row in common: either may come first.
      auto order() const { return std::tuple(distance, i > j ? i - j : j - i, i + j); }
    };
    std::vector<Candidate> candidates;
    const bool choice = a.size() > 1 || b.size() > 1;
    for (std::size_t i = 0; i < a.size(); ++i) {
      for (std::size_t j = 0; j < b.size(); ++j) {
        const Row& one = *a[i]->row;
        const Row& other = *b[j]->row;
        if (says == Says::kSome && excluded(one, other)) continue;
        candidates.push_back({choice ? distance(one, other) : 0, i, j});
      }
    }
    std::sort(candidates.begin(), candidates.end(),
              [](const Candidate& x, const Candidate& y) { return x.order() < y.order(); });
    for (const Candidate& candidate : candidates)
      if (!a[candidate.i]->partner && !b[candidate.j]->partner) pair(*a[candidate.i], *b[candidate.j]);
  }

  // Pairs rows without a partner that are equal in everything, so that as many of them as possible keep their order: a
  // longest common subsequence (algorithm of Hunt and Szymanski).
  void pair_in_order() {
    const auto open = [](std::vector<Side>& sides) {
      std::deque<Side*> out;
      for (Side& side : sides)
        if (!side.partner) out.push_back(&side);
      return out;
    };
    std::deque<Side*> a = open(a_);
    std::deque<Side*> b = open(b_);
    for (; !a.empty() && !b.empty() && a.front()->content() == b.front()->content(); a.pop_front(), b.pop_front())
      pair(*a.front(), *b.front());
    for (; !a.empty() && !b.empty() && a.back()->content() == b.back()->content(); a.pop_back(), b.pop_back())
      pair(*a.back(), *b.back());
    std::unordered_map<std::string_view, std::vector<std::size_t>> places;  // by content: the places in b, last first
    for (std::size_t i = b.size(); i-- > 0;) places[b[i]->content()].push_back(i);
    std::vector<std::size_t> pairs;  // for each row of a: the places of its equals, falling, so at most one is kept
    std::vector<Side*> of;
    for (Side* one : a) {
      const auto found = places.find(one->content());
      if (found == places.end()) continue;
      pairs.insert(pairs.end(), found->second.begin(), found->second.end());
      of.resize(pairs.size(), one);
      if (pairs.size() > kMostEqualPairs) return;
    }
    const std::vector<bool> kept = longest_increasing(pairs);
    for (std::size_t i = 0; i < pairs.size(); ++i)
      if (kept[i]) pair(*of[i], *b[pairs[i]]);
  }

  std::vector<Side> a_;
  std::vector<Side> b_;
};

}  // namespace

std::string element_identity(const Row& row) {
  Arena arena;
  try {
    const xml::Node& node = *from_json(row.get(*row.element->json), arena);
    const std::size_t colon = node.name.find(':');
    const std::string_view uri =
        node.attribute(colon == std::string_view::npos ? "xmlns" : "xmlns:" + std::string(node.name.substr(0, colon)));
    return std::string(uri.empty() ? node.name : uri);
  } catch (const xml::Error&) {
    return {};  // a user edited the JSON into something that is no XML
  }
}

bool Keys::are_of(const Row& row) {
  const auto& identities = row.element->table->identities;
  const auto text = [&](std::size_t identity, const Row& of) {
    const std::string values = identities[identity].certain ? identity_text(identities[identity], of) : std::string();
    return values.empty() ? values : std::to_string(identity) + '\n' + values;
  };
  if (!std::exchange(known_, true)) {
    for (const Row* other = list_.first; other; other = other->next)
      for (std::size_t identity = 0; identity < identities.size(); ++identity)
        if (std::string key = text(identity, *other); !key.empty()) texts_.insert(std::move(key));
  }
  for (std::size_t identity = 0; identity < identities.size(); ++identity)
    if (texts_.contains(text(identity, row))) return true;
  return false;
}

std::vector<Match> match_rows(const Row::List& a, const Row::List& b) { return Matcher(a, b).match(); }

}  // namespace virtsql
