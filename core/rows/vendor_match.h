// How the vendor items of two rows, what has no column, differ.
#pragma once

#include <string>
#include <vector>

#include "core/rows/row.h"

namespace virtsql {

// An item of one row, and the item of the other row that replaces it. One of them is nullptr if there is no such item.
struct VendorMatch {
  const VendorItem* a = nullptr;
  const VendorItem* b = nullptr;
};

// Returns the items that differ, compared by place and name: first those of `a` in order, then those that only `b` has.
// White space and namespace declarations are no difference. Throws RowError if a text was edited into broken JSON.
std::vector<VendorMatch> differing_vendor_items(const Row& a, const Row& b);

// Returns the XML of an element, or the value of an attribute or text. Throws RowError if a user edited its JSON
// into something else.
std::string vendor_text(const Row& row, const VendorItem& item);

}  // namespace virtsql
