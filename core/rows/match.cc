// How rows are matched: in passes, each over what the passes before it left.
//
//   1. by {key} columns: the disk's target, the interface's MAC address
//   2. by resource: the same image under another target
//   3. by {hint} columns: alias, address
//   4. what is equal in everything; in a list whose order has a meaning first as many of them as keep their order
//   5. what is nearest: the pair that differs in the fewest values, unless what both say about themselves excludes it
//
// Passes 1 to 4 sort the rows by what they say; only rows that say the same are compared with one another.
//
// Pass 2 comes before the hints, as addresses are handed on: a new disk often gets the place of one that went.
#include "core/rows/match.h"

#include <algorithm>
#include <deque>
#include <list>
#include <span>
#include <unordered_map>

#include "core/rows/expected.h"
#include "core/rows/meaning.h"
#include "core/rows/order.h"
#include "core/xml/json.h"

namespace virtsql {
namespace {

// Above this many pairs not every one is compared, but each row with the first kWindow that it may be the same as,
// among the first kLookAhead: so time stays linear in the rows.
constexpr std::size_t kMostPairs = 10000;
constexpr std::size_t kWindow = 64;
constexpr std::size_t kLookAhead = 256;

// Above this many pairs of equal rows, those of an ordered list are paired as they come.
constexpr std::size_t kMostEqualPairs = 1U << 20U;

// The identity's values as one text; empty where the row does not have all that it takes.
std::string identity_text(const Identity& identity, const Row& row) {
  std::string out;
  for (const Column* column : identity.columns) {
    const bool whole = column == identity.columns.front() || identity.certain;
    if (row.get(*column).empty() && whole) return {};
    if (row.has(*column)) out += comparable_value(*column, row);
    out += '\n';
  }
  return out;
}

// What both say about themselves, and says that they are different things.
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
    if (!a.get(column).empty() && !b.get(column).empty() && !same_meaning(column, a, b) && !becomes(column, a, b))
      return true;
  }
  return false;
}

// Adds the values of the columns to the text: equal text for rows whose values mean the same.
void append_values(std::string& out, const Row& row, std::span<const Column* const> columns) {
  for (const Column* column : columns) {
    if (row.has(*column)) {
      const std::string value = comparable_value(*column, row);
      out += std::to_string(value.size()) + ':';
      out += value;
    }
    out += '\n';
  }
}

// Everything that the row and those below it say in columns: equal text for equal rows.
void append_content(std::string& out, const Row& row) {
  append_values(out, row, row.element->table->row_columns);
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

// The real thing that the row uses; empty if it names none.
std::string thing_of(const Row& row) {
  const Table* resource = row.element->table->resource;
  if (!resource || !resource->host_scoped) return {};
  const auto named = [&](const Name& key) { return !row.get(*resource->find(key)).empty(); };
  if (!std::any_of(resource->share_keys.begin(), resource->share_keys.end(), named)) return {};
  std::string out;
  append_values(out, row, resource->columns);
  return out;
}

// In how many values of `a` the rows differ. What `b` alone has counts little: libvirt may have filled it in.
std::size_t distance(const Row& a, const Row& b) {
  std::size_t out = 0;
  for (const Column* column : a.element->table->row_columns)
    if (!column->size && !same_meaning(*column, a, b)) out += a.has(*column) ? 16 : 1;
  return out;
}

class Matcher {
 public:
  Matcher(const Row::List& a, const Row::List& b) {
    for (Row* row = a.first; row; row = row->next) a_.push_back({row, nullptr});
    for (Row* row = b.first; row; row = row->next) b_.push_back({row, nullptr});
  }

  std::vector<Match> match() {
    if (!a_.empty() && !b_.empty()) {
      const Table& table = *a_.front().row->element->table;
      if (a_.front().row->element->any_name) {
        for (auto& [text, group] : groups(element_identity)) pair_nearest(group, true);
      }
      by_identities(table, true);
      pair_equal(thing_of);
      by_identities(table, false);
      if (a_.front().row->element->ordered) pair_in_order();
      pair_equal(content_of);  // which excludes none: what excludes is in the content
      by_distance();
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
  };

  static void pair(Side& a, Side& b) {
    a.partner = b.row;
    b.partner = a.row;
  }

  void by_identities(const Table& table, bool certain) {
    std::vector<Identity> identities(table.identities.begin(), table.identities.end());
    // What says more tells apart those of which the others say the same.
    std::stable_sort(identities.begin(), identities.end(), [](const Identity& one, const Identity& other) {
      return one.columns.size() > other.columns.size();
    });
    for (const Identity& identity : identities) {
      if (identity.certain != certain) continue;
      // Several may say the same: an EHCI controller and its companions have one index.
      for (auto& [text, group] : groups([&](const Row& row) { return identity_text(identity, row); })) {
        if (group.a.size() * group.b.size() > kMostPairs) pair_equal_of(group);
        pair_nearest(group, certain);
      }
    }
  }

  // Open rows of both lists that say the same of themselves.
  struct Group {
    std::vector<Side*> a;
    std::list<Side*> b;
  };

  // The open rows by element and text; those without a text, and those that only one list has, are left out.
  template <typename Text>
  std::unordered_map<std::string, Group> groups(Text text_of) {
    const auto key = [&](const Row& row) {
      std::string text = text_of(row);
      return text.empty() ? text : std::to_string(reinterpret_cast<std::uintptr_t>(row.element)) + '\n' + text;
    };
    std::unordered_map<std::string, Group> out;
    for (Side& side : a_)
      if (!side.partner)
        if (std::string text = key(*side.row); !text.empty()) out[std::move(text)].a.push_back(&side);
    if (out.empty()) return out;
    for (Side& side : b_)
      if (!side.partner)
        if (const auto found = out.find(key(*side.row)); found != out.end()) found->second.b.push_back(&side);
    return out;
  }

  // Pairs rows of equal text, in their order.
  template <typename Text>
  void pair_equal(Text text_of) {
    for (auto& [text, group] : groups(text_of)) {
      auto other = group.b.begin();
      for (Side* side : group.a) {
        if (other == group.b.end()) break;
        pair(*side, **other++);
      }
    }
  }

  // Pairs open rows that are equal in everything so that as many of them as possible keep their order: a longest
  // common subsequence (Hunt and Szymanski's).
  void pair_in_order() {
    struct Open {
      Side* side;
      std::string content;
    };
    const auto open = [](std::vector<Side>& sides) {
      std::deque<Open> out;
      for (Side& side : sides)
        if (!side.partner) out.push_back({&side, content_of(*side.row)});
      return out;
    };
    std::deque<Open> a = open(a_);
    std::deque<Open> b = open(b_);
    for (; !a.empty() && !b.empty() && a.front().content == b.front().content; a.pop_front(), b.pop_front())
      pair(*a.front().side, *b.front().side);
    for (; !a.empty() && !b.empty() && a.back().content == b.back().content; a.pop_back(), b.pop_back())
      pair(*a.back().side, *b.back().side);
    std::unordered_map<std::string_view, std::vector<std::size_t>> places;  // in b, the last first
    for (std::size_t i = b.size(); i-- > 0;) places[b[i].content].push_back(i);
    std::vector<std::size_t> pairs;  // for each row of a the places of its equals: at most one of them increases
    std::vector<Side*> of;
    for (const Open& one : a) {
      const auto found = places.find(one.content);
      if (found == places.end()) continue;
      pairs.insert(pairs.end(), found->second.begin(), found->second.end());
      of.resize(pairs.size(), one.side);
      if (pairs.size() > kMostEqualPairs) return;
    }
    const std::vector<bool> kept = longest_increasing(pairs);
    for (std::size_t i = 0; i < pairs.size(); ++i)
      if (kept[i]) pair(*of[i], *b[pairs[i]].side);
  }

  // Pairs the rows of a group that are equal in everything.
  static void pair_equal_of(Group& group) {
    std::unordered_map<std::string, std::deque<std::list<Side*>::iterator>> named;
    for (auto other = group.b.begin(); other != group.b.end(); ++other)
      named[content_of(*(*other)->row)].push_back(other);
    for (Side* side : group.a) {
      const auto found = named.find(content_of(*side->row));
      if (found == named.end() || found->second.empty()) continue;
      pair(*side, **found->second.front());
      group.b.erase(found->second.front());
      found->second.pop_front();
    }
  }

  // Pairs each open row of `a` with the nearest of `b`, the first of several; of a large group with the nearest of
  // some.
  static void pair_nearest(Group& group, bool certain) {
    const bool whole = group.a.size() * group.b.size() <= kMostPairs;
    for (Side* side : group.a) {
      if (side->partner) continue;
      auto best = group.b.end();
      std::size_t nearest = 0;
      std::size_t compared = 0;
      std::size_t passed = 0;
      for (auto other = group.b.begin(); other != group.b.end(); ++other) {
        if (!whole && (compared == kWindow || passed++ == kLookAhead)) break;
        if (!certain && excluded(*side->row, *(*other)->row)) continue;
        ++compared;
        const std::size_t far = distance(*side->row, *(*other)->row);
        if (best != group.b.end() && far >= nearest) continue;
        best = other;
        nearest = far;
      }
      if (best == group.b.end()) continue;
      pair(*side, **best);
      group.b.erase(best);
    }
  }

  void by_distance() {
    struct Candidate {
      std::size_t distance;
      std::size_t apart;
      Side* a;
      Side* b;
    };
    const auto open = [](std::vector<Side>& sides) {
      std::vector<Side*> out;
      for (Side& side : sides)
        if (!side.partner) out.push_back(&side);
      return out;
    };
    const std::vector<Side*> of_a = open(a_);
    const std::vector<Side*> of_b = open(b_);
    if (of_a.size() * of_b.size() > kMostPairs) {
      for (auto& [text, group] : groups([](const Row&) { return std::string("any"); })) pair_nearest(group, false);
      return;
    }
    std::vector<Candidate> candidates;
    for (Side* a : of_a) {
      for (Side* b : of_b) {
        if (b->row->element != a->row->element || excluded(*a->row, *b->row)) continue;
        const auto i = a - a_.data();
        const auto j = b - b_.data();
        candidates.push_back({distance(*a->row, *b->row), static_cast<std::size_t>(i > j ? i - j : j - i), a, b});
      }
    }
    std::stable_sort(candidates.begin(), candidates.end(), [](const Candidate& x, const Candidate& y) {
      return x.distance != y.distance ? x.distance < y.distance : x.apart < y.apart;
    });
    for (const Candidate& candidate : candidates)
      if (!candidate.a->partner && !candidate.b->partner) pair(*candidate.a, *candidate.b);
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
    return {};  // edited into something that is no XML
  }
}

std::vector<Match> match_rows(const Row::List& a, const Row::List& b) { return Matcher(a, b).match(); }

}  // namespace virtsql
