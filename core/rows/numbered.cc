#include "core/rows/numbered.h"

#include <algorithm>
#include <utility>

#include "core/rows/meaning.h"
#include "core/rows/order.h"

namespace virtsql {
namespace {

// A numbered element that a row has: its columns, in the same order for each element of the group, and its values.
struct Numbered {
  std::vector<const Column*> columns;
  std::string content;
};

void collect_columns(const Element& element, std::vector<const Column*>& columns) {
  for (const Column* column : {element.text, element.flag, element.json})
    if (column) columns.push_back(column);
  for (const Attribute& attribute : element.attributes) columns.push_back(attribute.column);
  for (const Element* child : element.children)
    if (!child->table) collect_columns(*child, columns);
}

// Returns the elements of the group that the row has.
std::vector<Numbered> present(const std::vector<const Element*>& group, const Row& row) {
  std::vector<Numbered> out;
  for (const Element* element : group) {
    Numbered one;
    bool there = false;
    collect_columns(*element, one.columns);
    for (const Column* column : one.columns) {
      if (!row.has(*column)) continue;
      there = true;
      one.content += column->relative_path.substr(element->relative_path.size());
      one.content += '=' + comparable_value(*column, row) + '\n';
    }
    if (there) out.push_back(std::move(one));
  }
  return out;
}

}  // namespace

bool NumberedChanges::covers(const Column& column) const {
  return std::find(covered.begin(), covered.end(), &column) != covered.end();
}

NumberedChanges NumberedElements::compare(const Element& element, const Row& a, const Row& b) {
  const auto [groups, added] = groups_.try_emplace(&element);
  if (added) find_groups(element, groups->second);
  NumberedChanges out;
  for (const Group& group : groups->second) compare(group, a, b, out);
  return out;
}

void NumberedElements::find_groups(const Element& element, std::vector<Group>& groups) {
  for (const Element* child : element.children) {
    if (child->table || child->occurrence > 1) continue;
    Group group = {child};
    for (const Element* other : element.children)
      if (other->occurrence > 1 && other->name == child->name && !other->table) group.push_back(other);
    if (group.size() > 1) groups.push_back(std::move(group));
    find_groups(*child, groups);
  }
}

void NumberedElements::compare(const Group& group, const Row& a, const Row& b, NumberedChanges& out) {
  std::vector<Numbered> before = present(group, a);
  std::vector<Numbered> after = present(group, b);
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
  if (!all) return;  // values changed: the caller compares the columns one by one
  for (const Element* element : group) collect_columns(*element, out.covered);
  const std::vector<bool> kept = longest_increasing(order);
  for (std::size_t i = 0, matched = 0; i < before.size(); ++i) {
    if (partner[i] == after.size())
      out.changes.push_back({NumberedChange::Kind::kRemoved, std::move(before[i].columns)});
    else if (!kept[matched++] && !group.back()->unordered)
      out.changes.push_back({NumberedChange::Kind::kMoved, std::move(before[i].columns), i, partner[i]});
  }
  for (std::size_t j = 0; j < after.size(); ++j)
    if (!taken[j]) out.changes.push_back({NumberedChange::Kind::kAdded, std::move(after[j].columns)});
}

}  // namespace virtsql
