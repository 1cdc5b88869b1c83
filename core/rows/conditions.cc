#include "core/rows/conditions.h"

#include <fnmatch.h>

#include <algorithm>
#include <cassert>
#include <string>

namespace virtsql {
namespace {

bool is(std::string_view value, const Condition& condition, const Row& row) {
  std::string_view rest = condition.value;
  for (;;) {
    const std::size_t end = rest.find('|');
    const std::string_view one = rest.substr(0, end);
    if (one.find('*') == std::string_view::npos ? value == one
        : condition.inserted                    ? matches(with_value(one, row.get(*condition.inserted)), value)
                                                : matches(one, value))
      return true;
    if (end == std::string_view::npos) return false;
    rest.remove_prefix(end + 1);
  }
}

// Returns the first row of the element below `row`, or nullptr if there is none. If other rows lie between, only the
// first of each list is looked into.
const Row* first_below(const Row& row, const Element& element) {
  const Element* owner = element.parent;
  while (!owner->table) owner = owner->parent;
  const Row* of = owner == row.element ? &row : first_below(row, *owner);
  return of ? of->children[element.child_slot].first : nullptr;
}

bool holds(const Condition& condition, const Row& row) {
  const Row* of = condition.child ? first_below(row, *condition.child) : &row;
  const std::string_view value = of ? of->get(*condition.column) : std::string_view();
  switch (condition.test) {
    case Condition::Test::kThere:
      return value.data();
    case Condition::Test::kMissing:
      return !value.data();
    case Condition::Test::kEquals:
      return value.data() && is(value, condition, row);
    case Condition::Test::kDiffers:
      break;
  }
  return !value.data() || !is(value, condition, row);
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
        return around && holds(one, *around);
      case Condition::Of::kRoot:
        assert(root);
        return holds(one, *root);
    }
    return holds(one, row);
  });
}

}  // namespace virtsql
