// Which rows of two documents are the same thing.
//
// Siblings are matched by what identifies them: the catalog's {key} and {hint} marks, and the keys by which a resource
// is shared. The place in the list decides only between rows that these do not tell apart. Changing stored rows and
// comparing documents both use this.
#pragma once

#include <string>
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

// Returns what identifies a row that is an element of any name (the catalog's `*`): the URI of its namespace, because
// libvirt keeps one element of each, or its name if it declares none. Empty if the row's JSON is no XML.
std::string element_identity(const Row& row);

}  // namespace virtsql
