// Elements of one name that the catalog numbers (boot#1, boot#2): a short list that has columns instead of rows.
//
// Compared column by column, one that goes would change all behind it. So they are compared as the list that they are:
// what went, what came, and what stands elsewhere.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/rows/row.h"

namespace virtsql {

// How one of the numbered elements of two rows differs.
struct NumberedChange {
  enum class Kind { kRemoved, kAdded, kMoved };
  Kind kind = Kind::kMoved;
  std::vector<const Column*> columns;  // all that the element could have; of `b` if it was added, else of `a`
  std::size_t from = 0, to = 0;        // its places among those that are there, from 0, if it moved
};

struct NumberedChanges {
  std::vector<NumberedChange> changes;    // by group: those of `a` in their order, then what only `b` has
  std::vector<const Column*> told;        // the columns about which this is all
  bool tell(const Column& column) const;  // whether the column is among `told`
};

// Compares rows; remembers which elements are numbered in each element of the catalog.
class NumberedElements {
 public:
  // Both rows must be of the element. A group whose values changed as well is left out: each value in its place.
  NumberedChanges compare(const Element& element, const Row& a, const Row& b);

 private:
  // The elements of one name, in their order.
  using Group = std::vector<const Element*>;
  static void find_groups(const Element& element, std::vector<Group>& groups);
  static void compare(const Group& group, const Row& a, const Row& b, NumberedChanges& out);

  std::unordered_map<const Element*, std::vector<Group>> groups_;
};

}  // namespace virtsql
