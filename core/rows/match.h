// Which rows of two documents are the same thing.
//
// Siblings are matched by what identifies them (the catalog's {key} and {hint} marks, and what a resource is shared
// by), never by their place alone where they say who they are. Changing stored rows and comparing documents both rest
// on it.
#pragma once

#include <string>
#include <vector>

#include "core/rows/row.h"

namespace virtsql {

// A row of one list and the row of the other that is the same thing; either may be nullptr.
struct Match {
  Row* a = nullptr;
  Row* b = nullptr;
};

// Every row of both lists, each once: those of `a` in their order, then what only `b` has.
std::vector<Match> match_rows(const Row::List& a, const Row::List& b);

// What identifies a row that is an element of any name (the catalog's `*`): its namespace, of which libvirt keeps one
// element, or else its name; empty if the row's JSON is no XML.
std::string element_identity(const Row& row);

}  // namespace virtsql
