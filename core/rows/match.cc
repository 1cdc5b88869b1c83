// How rows are matched: in passes, each over what the passes before it left.
//
//   1. by {key} columns: the disk's target, the interface's MAC address
//   2. by resource: the same image under another target
//   3. by {hint} columns: alias, address
//   4. what is equal in everything
//   5. what is nearest: the pair that differs in the fewest values, unless what both say about themselves excludes it
//
// Pass 2 comes before the hints, as addresses are handed on: a new disk often gets the place of one that went.
#include "core/rows/match.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_map>

#include "core/xml/json.h"

namespace virtsql {
namespace {

// Above this many pairs, what nothing identifies is matched by place.
constexpr std::size_t kMostPairs = 10000;

std::optional<std::uint64_t> whole_number(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    text.remove_prefix(2);
    base = 16;
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

// How many bytes the unit is, as libvirt reads it (https://libvirt.org/formatdomain.html#memory-allocation); 0:
// unknown.
std::uint64_t unit_factor(std::string_view unit) {
  if (!unit.data()) return 1024;
  const std::string name = lower(unit);
  if (name == "b" || name == "byte" || name == "bytes") return 1;
  constexpr std::string_view kPrefixes = "kmgtpe";
  const std::size_t power = name.empty() ? std::string_view::npos : kPrefixes.find(name[0]);
  if (power == std::string_view::npos) return 0;
  const std::string_view rest = std::string_view(name).substr(1);
  if (!rest.empty() && rest != "b" && rest != "ib") return 0;
  const std::uint64_t step = rest == "b" ? 1000 : 1024;
  std::uint64_t factor = step;
  for (std::size_t i = 0; i < power; ++i) factor *= step;
  return factor;
}

std::string comparable_size(const Column& column, const Row& row) {
  const std::string_view text = row.get(column);
  const std::uint64_t factor = unit_factor(column.unit ? row.get(*column.unit) : std::string_view());
  const std::optional<std::uint64_t> number = whole_number(text);
  std::uint64_t bytes = 0;
  if (!number || factor == 0 || __builtin_mul_overflow(*number, factor, &bytes))
    return std::string(text) + " " + std::string(column.unit ? row.get(*column.unit) : "");
  return std::to_string(bytes);
}

// The JSON without its own white space, as the XML that it stands for would give it.
std::string comparable_json(std::string_view text) {
  try {
    Arena arena;
    return to_json(*content_from_json("json", text, arena), 0);
  } catch (const xml::Error&) {
    return std::string(text);  // edited into something that is no XML
  }
}

// The identity's values as one text; empty where the row does not have all that it takes.
std::string identity_text(const Identity& identity, const Row& row) {
  if (row.get(*identity.columns.front()).empty()) return {};
  std::string out;
  for (const Column* column : identity.columns) {
    if (row.has(*column)) out += comparable_value(*column, row);
    out += '\n';
  }
  return out;
}

// What both say about themselves, and says that they are different things.
bool excluded(const Row& a, const Row& b) {
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
    if (!a.get(column).empty() && !b.get(column).empty() && !same_meaning(column, a, b)) return true;
  }
  return false;
}

// Whether both use the same real thing.
bool same_thing(const Row& a, const Row& b) {
  const Table* resource = a.element->table->resource;
  if (!resource || !resource->host_scoped) return false;
  bool named = false;
  for (const Name& key : resource->share_keys) named = named || !a.get(*resource->find(key)).empty();
  if (!named) return false;
  return std::all_of(resource->columns.begin(), resource->columns.end(),
                     [&](const auto& column) { return same_meaning(*column, a, b); });
}

bool same_rows(const Row& a, const Row& b) {
  if (a.element != b.element) return false;
  const auto& columns = a.element->table->row_columns;
  if (!std::all_of(columns.begin(), columns.end(), [&](const Column* column) { return same_meaning(*column, a, b); }))
    return false;
  for (std::size_t slot = 0; slot < a.element->row_elements.size(); ++slot) {
    const Row* x = a.children[slot].first;
    const Row* y = b.children[slot].first;
    for (; x && y; x = x->next, y = y->next)
      if (!same_rows(*x, *y)) return false;
    if (x || y) return false;
  }
  return true;
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
      by_identities(table, true);
      pair_where([](const Row& a, const Row& b) { return same_thing(a, b); });
      by_identities(table, false);
      pair_where([](const Row& a, const Row& b) { return !excluded(a, b) && same_rows(a, b); });
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
    for (const Identity& identity : table.identities) {
      if (identity.certain != certain) continue;
      std::unordered_multimap<std::string, Side*> named;
      for (Side& side : b_)
        if (!side.partner)
          if (std::string text = identity_text(identity, *side.row); !text.empty())
            named.emplace(std::move(text), &side);
      if (named.empty()) continue;
      for (Side& side : a_) {
        if (side.partner) continue;
        const std::string text = identity_text(identity, *side.row);
        if (text.empty()) continue;
        // Several may say the same: an EHCI controller and its companions have one index.
        Side* best = nullptr;
        std::size_t nearest = 0;
        const auto [first, last] = named.equal_range(text);
        for (auto it = first; it != last; ++it) {
          Side* other = it->second;
          if (other->partner || other->row->element != side.row->element) continue;
          if (!certain && excluded(*side.row, *other->row)) continue;
          const std::size_t far = distance(*side.row, *other->row);
          if (best && (far > nearest || (far == nearest && other > best))) continue;
          best = other;
          nearest = far;
        }
        if (best) pair(side, *best);
      }
    }
  }

  template <typename Condition>
  void pair_where(Condition condition) {
    for (Side& a : a_) {
      if (a.partner) continue;
      for (Side& b : b_) {
        if (b.partner || b.row->element != a.row->element || !condition(*a.row, *b.row)) continue;
        pair(a, b);
        break;
      }
    }
  }

  void by_distance() {
    struct Candidate {
      std::size_t distance;
      std::size_t apart;
      Side* a;
      Side* b;
    };
    const auto open = [](const std::vector<Side>& sides) {
      return static_cast<std::size_t>(
          std::count_if(sides.begin(), sides.end(), [](const Side& side) { return !side.partner; }));
    };
    if (open(a_) * open(b_) > kMostPairs) {
      pair_where([](const Row& a, const Row& b) { return !excluded(a, b); });
      return;
    }
    std::vector<Candidate> candidates;
    for (std::size_t i = 0; i < a_.size(); ++i) {
      for (std::size_t j = 0; j < b_.size(); ++j) {
        if (a_[i].partner || b_[j].partner || a_[i].row->element != b_[j].row->element) continue;
        if (excluded(*a_[i].row, *b_[j].row)) continue;
        candidates.push_back({distance(*a_[i].row, *b_[j].row), i > j ? i - j : j - i, &a_[i], &b_[j]});
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

std::vector<Match> match_rows(const Row::List& a, const Row::List& b) { return Matcher(a, b).match(); }

std::string comparable_value(const Column& column, const Row& row) {
  const std::string_view text = row.get(column);
  switch (column.type) {
    case Type::kInteger:
    case Type::kHex:
    case Type::kBytes:
      if (const std::optional<std::uint64_t> number = whole_number(text)) return std::to_string(*number);
      break;
    case Type::kSize:
      return comparable_size(column, row);
    case Type::kUuid:
    case Type::kMac:
      return lower(text);
    case Type::kJson:
      return comparable_json(text);
    default:
      break;
  }
  return std::string(text);
}

bool same_meaning(const Column& column, const Row& a, const Row& b) {
  if (!a.has(column) || !b.has(column)) return a.has(column) == b.has(column);
  if (a.get(column) == b.get(column) && !column.unit) return true;
  return comparable_value(column, a) == comparable_value(column, b);
}

}  // namespace virtsql
