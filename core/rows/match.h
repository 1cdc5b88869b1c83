// Which rows of two documents are the same thing.
//
// Siblings are matched by what identifies them: the catalog's {key} and {hint} marks, and the keys by which a resource
// is shared. The place in the list decides only between rows that these do not tell apart. Changing stored rows and
// comparing documents both use this.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "core/rows/row.h"

namespace virtsql {

// A row of one list, and the row of the other list that is the same thing. One is nullptr if there is no such row.
struct Match {
  Row* a = nullptr;
  Row* b = nullptr;
};

// Returns every row of both lists once: the rows of `a` in their order, then the rows that only `b` has, in theirs.
std::vector<Match> match_rows(const Row::List& a, const Row::List& b);

// The {key} values of a list's rows. Each of them is on one row of the list only.
class Keys {
 public:
  // The list must outlive this object. Nothing is computed before the first are_of() that needs it.
  explicit Keys(const Row::List& list) : list_(list) {}

  // Whether one of the list's rows has a {key} of `row`, a row of the same element: then `row` is that thing, or takes
  // its place.
  bool are_of(const Row& row);

 private:
  const Row::List& list_;
  bool known_ = false;
  std::unordered_set<std::string> texts_;
};

// Returns what identifies a row that is an element of any name (the catalog's `*`): the URI of its namespace, because
// libvirt keeps one element of each, or its name if it declares none. Empty if the row's JSON is no XML.
std::string element_identity(const Row& row);

}  // namespace virtsql
