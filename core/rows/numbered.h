// Elements of one name that the catalog numbers (boot#1, boot#2): a short list that is kept in columns instead of rows.
//
// If they were compared column by column, removing one would change the columns of all behind it. So they are compared
// as a list: which were removed, which were added, and which moved.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/rows/row.h"

namespace virtsql {

// How one numbered element differs between two rows.
struct NumberedChange {
  enum class Kind { kRemoved, kAdded, kMoved };
  Kind kind = Kind::kMoved;
  std::vector<const Column*> columns;  // all columns of the element: under its number in `b` if added, else in `a`
  std::size_t from = 0, to = 0;        // if it moved: its places among the elements that are there, from 0
};

struct NumberedChanges {
  std::vector<NumberedChange> changes;      // for each group: those of `a` in order, then those that only `b` has
  std::vector<const Column*> covered;       // columns whose differences are all in `changes`: compare them no further
  bool covers(const Column& column) const;  // whether the column is among `covered`
};

// Compares rows. Remembers, for each element of the catalog, which numbered elements are in it.
class NumberedElements {
 public:
  // Compares the numbered elements of two rows. REQUIRES: both rows are of the element. Leaves out a group in which
  // values changed as well: the caller must compare its columns one by one.
  NumberedChanges compare(const Element& element, const Row& a, const Row& b);

 private:
  // The elements of one name, in their order.
  using Group = std::vector<const Element*>;
  static void find_groups(const Element& element, std::vector<Group>& groups);
  static void compare(const Group& group, const Row& a, const Row& b, NumberedChanges& out);

  std::unordered_map<const Element*, std::vector<Group>> groups_;
};

}  // namespace virtsql
