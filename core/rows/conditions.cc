#include "core/rows/conditions.h"

#include <fnmatch.h>

#include <algorithm>
#include <cassert>
#include <functional>
#include <optional>
#include <string>

#include "core/base/number.h"

namespace virtsql {
namespace {

// Whether both are whole numbers, and the first is not the smaller one.
bool is_at_least(std::string_view value, std::string_view least) {
  const std::optional<std::uint64_t> number = whole_number(value);
  const std::optional<std::uint64_t> limit = whole_number(least);
  return number && limit && *number >= *limit;
}

// Whether the value is what the condition says. `row` is the row that has the mark.
bool is(std::string_view value, const Condition& condition, const Row& row) {
  if (condition.test == Condition::Test::kAtLeast) return is_at_least(value, row.get(*condition.inserted));
  std::string_view rest = condition.value;
  for (;;) {
    const std::size_t end = rest.find('|');
    const std::string_view one = rest.substr(0, end);
    const std::string_view inserted = condition.inserted ? row.get(*condition.inserted) : std::string_view();
    if (one == "<>"                               ? value == inserted
        : condition.inserted                      ? matches(with_value(one, inserted), value)
        : one.find('*') == std::string_view::npos ? value == one
                                                  : matches(one, value))
      return true;
    if (end == std::string_view::npos) return false;
    rest.remove_prefix(end + 1);
  }
}

// Returns the element that makes the rows around those of the element.
const Element& owner_of(const Element& element) { return element.parent->row_element(); }

// Returns the first row of the element below `row`, or nullptr if there is none. If other rows lie between, only the
// first of each list is looked into.
const Row* first_below(const Row& row, const Element& element) {
  const Element& owner = owner_of(element);
  const Row* of = &owner == row.element ? &row : first_below(row, owner);
  return of ? of->children[element.child_slot].first : nullptr;
}

// Whether one of the rows of the element below `row` is `wanted`.
bool any_below(const Row& row, const Element& element, const std::function<bool(const Row&)>& wanted) {
  const Element& owner = owner_of(element);
  if (&owner != row.element)
    return any_below(row, owner, [&](const Row& of) { return any_below(of, element, wanted); });
  for (const Row* below = row.children[element.child_slot].first; below; below = below->next)
    if (wanted(*below)) return true;
  return false;
}

// Whether the condition holds for `row`, of which it is asked. `marked` is the row that has the mark.
bool holds(const Condition& condition, const Row& row, const Row& marked) {
  if (condition.child && (condition.inserted || condition.of == Condition::Of::kRoot)) {
    const bool of_value = condition.test != Condition::Test::kThere && condition.test != Condition::Test::kMissing;
    const bool any = any_below(row, *condition.child, [&](const Row& below) {
      const std::string_view value = below.get(*condition.column);
      return value.data() && (!of_value || is(value, condition, marked));
    });
    return any == (condition.test != Condition::Test::kDiffers && condition.test != Condition::Test::kMissing);
  }
  const Row* of = condition.child ? first_below(row, *condition.child) : &row;
  const std::string_view value = of ? of->get(*condition.column) : std::string_view();
  switch (condition.test) {
    case Condition::Test::kThere:
      return value.data();
    case Condition::Test::kMissing:
      return !value.data();
    case Condition::Test::kEquals:
    case Condition::Test::kAtLeast:
      return value.data() && is(value, condition, marked);
    case Condition::Test::kDiffers:
      break;
  }
  return !value.data() || !is(value, condition, marked);
}

}  // namespace

bool matches(std::string_view pattern, std::string_view value) {
  return fnmatch(std::string(pattern).c_str(), std::string(value).c_str(), 0) == 0;
}

std::string with_value(std::string_view pattern, std::string_view value) {
  std::string out;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern.substr(i, 2) != "<>") {
      out += pattern[i];
      continue;
    }
    ++i;
    for (const char c : value) {
      out += '\\';
      out += c;
    }
  }
  return out;
}

bool all_hold(std::span<const Condition> conditions, const Row& row, const Row* around, const Row* root) {
  return std::all_of(conditions.begin(), conditions.end(), [&](const Condition& one) {
    switch (one.of) {
      case Condition::Of::kRow:
        break;
      case Condition::Of::kAround:
        return around && holds(one, *around, row);
      case Condition::Of::kRoot:
        assert(root);
        return holds(one, *root, row);
    }
    return holds(one, row, row);
  });
}

}  // namespace virtsql
