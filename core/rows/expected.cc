#include "core/rows/expected.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "core/base/number.h"
#include "core/base/units.h"
#include "core/rows/conditions.h"
#include "core/rows/meaning.h"

namespace virtsql {
namespace {

// Returns how many KiB the size is, as libvirt rounds it up: it stores most sizes so, and makes those
// of video memory powers of two. nullopt if it is no size of this kind.
std::optional<std::int64_t> rounded_up(const Column& column, const Row& row) {
  constexpr std::int64_t kKib = 1024;
  if (column.type != Type::kSize || column.marks->default_unit != kKib) return std::nullopt;
  const std::optional<std::int64_t> bytes = size_of(column, row);
  if (!bytes) return std::nullopt;
  const std::int64_t kibibytes = *bytes / kKib + (*bytes % kKib != 0);
  if (!column.marks->power_of_two || kibibytes <= 0) return kibibytes;
  return static_cast<std::int64_t>(std::bit_ceil(static_cast<std::uint64_t>(kibibytes)));
}

// Whether `given` is the size of `asked`, raised to a multiple at the start of the VM ({rounded}).
bool is_rounded_at_start(const Column& column, const Row& asked, const Row& given) {
  if (column.marks->rounded == 0) return false;
  const std::optional<std::int64_t> wanted = size_of(column, asked);
  const std::optional<std::int64_t> now = size_of(column, given);
  return wanted && now && *now % column.marks->rounded == 0 && *now >= *wanted &&
         *now - *wanted < column.marks->rounded;
}

// Whether the value of `given` is the one that libvirt fills in.
bool is_filling(const Filling& filling, const Column& column, const Row& given) {
  if (filling.like) {
    if (!given.has(*filling.like)) return false;
    return column.type == Type::kSize ? size_of(column, given) == size_of(*filling.like, given)
                                      : given.get(column) == given.get(*filling.like);
  }
  if (column.type != Type::kSize || filling.value == "*") return matches(filling.value, given.get(column));
  const std::string_view value = filling.value;
  const std::size_t unit = std::min(value.find_first_not_of("0123456789"), value.size());
  const std::optional<std::uint64_t> number = whole_number(value.substr(0, unit));
  return number && size_of(column, given) == size_in_bytes(*number, value.substr(unit), column.marks->default_unit);
}

// Returns the row's {each} column, the set that libvirt writes as several rows, or nullptr.
const Column* set_of(const Row& row) {
  for (const Column* column : row.element->table->row_columns)
    if (column->marks->each && row.has(*column)) return column;
  return nullptr;
}

// Returns the values of the row's columns, except the set, as one text.
std::string all_but(const Column& set, const Row& row) {
  std::string out;
  for (const Column* column : row.element->table->row_columns)
    if (column != &set && row.has(*column))
      out.append(column->name).append("=" + comparable_value(*column, row) + "\n");
  return out;
}

}  // namespace

bool becomes(const Column& column, const Row& asked, const Row& given, bool runs, const Row* around) {
  if (!asked.has(column) || !given.has(column)) return false;
  return std::any_of(column.marks->becomes.begin(), column.marks->becomes.end(), [&](const Becoming& rule) {
    return (runs || !rule.at_start) && matches(rule.from, asked.get(column)) &&
           matches(with_value(rule.to, asked.get(column)), given.get(column)) &&
           all_hold(rule.conditions, asked, around);
  });
}

bool is_dropped(const Column& column, const Row& asked, const Row* around) {
  if (column.size && asked.has(*column.size)) return is_dropped(*column.size, asked, around);
  const bool is_text = column.type == Type::kText || column.type == Type::kPath;
  if (is_text && asked.has(column) && asked.get(column).empty()) return true;
  return std::any_of(column.marks->dropped.begin(), column.marks->dropped.end(), [&](const Dropping& rule) {
    return matches(rule.value, asked.get(column)) && all_hold(rule.conditions, asked, around);
  });
}

bool is_computed(const Column& column, const Row& asked, const Row& given) {
  if (column.marks->derived && all_hold(column.marks->derived_if, given)) return true;
  if (!column.marks->limit) return false;
  const std::optional<std::int64_t> limit = size_of(*column.marks->limit, given);
  return limit && size_of(column, given) == limit && size_of(column, asked) > limit;
}

bool is_rounded(const Column& column, const Row& asked, const Row& given) {
  const std::optional<std::int64_t> size = rounded_up(column, asked);
  return size && size == rounded_up(column, given);
}

bool is_added(const Column& column, const Row& asked, const Row& given, const Row* around, const Row& root) {
  // An element that is there but empty leaves the value to libvirt as well: <genid/>.
  if (!asked.get(column).empty()) return false;
  if (column.marks->added) return true;
  return given.has(column) &&
         std::any_of(column.marks->fillings.begin(), column.marks->fillings.end(), [&](const Filling& filling) {
           return is_filling(filling, column, given) && all_hold(filling.conditions, given, around, &root);
         });
}

bool is_actual(const Column& column, const Row& asked, const Row& given, const Row* around) {
  if (column.marks->started && !asked.has(column) && all_hold(column.marks->started_if, asked, around)) return true;
  if ((column.marks->actual && all_hold(column.marks->actual_if, given)) ||
      (column.marks->unsaid && !given.has(column) && all_hold(column.marks->unsaid_if, given)))
    return true;
  if (is_rounded_at_start(column, asked, given)) return true;
  if (!column.marks->from) return false;
  const std::optional<std::int64_t> now = size_of(column, given);
  std::optional<std::int64_t> wanted = size_of(column, asked);
  for (const Filling& filling : column.marks->fillings)
    if (!wanted && filling.like) wanted = size_of(*filling.like, given);
  return now > wanted && now <= size_of(*column.marks->from, given);
}

bool is_row_added(const Element& element, const Row& given, const Row* around, const Row& root) {
  return std::any_of(element.marks->additions.begin(), element.marks->additions.end(),
                     [&](const Addition& addition) { return all_hold(addition.conditions, given, around, &root); });
}

bool is_started(const Element& element, const Row& given, const Row* around, const Row& root) {
  return element.marks->started && all_hold(element.marks->started_if, given, around, &root);
}

bool is_row_dropped(const Row& asked, const Row* around) {
  const Element& element = *asked.element;
  if (element.marks->dropped && all_hold(element.marks->dropped_if, asked, around)) return true;
  if (element.many || asked.vendor) return false;
  for (std::size_t slot = 0; slot < element.row_elements.size(); ++slot)
    for (const Row* below = asked.children[slot].first; below; below = below->next)
      if (!is_row_dropped(*below, &asked)) return false;
  const auto& columns = element.table->row_columns;
  return std::all_of(columns.begin(), columns.end(), [&](const Column* column) {
    return !value_or_implied(*column, asked).data() || is_dropped(*column, asked, around);
  });
}

bool SaidByAll::say(const Row& row) {
  const Column* set = set_of(row);
  const std::optional<Cpuset> wanted = set ? Cpuset::parse(row.get(*set)) : std::nullopt;
  if (!wanted) return false;
  if (!std::exchange(known_, true)) {
    for (const Row* other = list_.first; other; other = other->next)
      if (const std::optional<Cpuset> theirs = Cpuset::parse(other->get(*set)))
        sets_[all_but(*set, *other)].add(*theirs);
  }
  const auto found = sets_.find(all_but(*set, row));
  return found != sets_.end() && found->second.holds(*wanted);
}

}  // namespace virtsql
