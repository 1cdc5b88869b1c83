// What two rows say that has no column: which of it they do not say alike.
#pragma once

#include <string>
#include <vector>

#include "core/rows/row.h"

namespace virtsql {

// What one row says, and what the other says in its place; either may be nullptr.
struct VendorMatch {
  const VendorItem* a = nullptr;
  const VendorItem* b = nullptr;
};

// What differs, compared by place and name: first what `a` says, in its order, then what `b` alone does. White space
// and the declarations of namespaces are no difference. Throws RowError if a text was edited into broken JSON.
std::vector<VendorMatch> differing_vendor_items(const Row& a, const Row& b);

// The item of the row as XML, or its text or attribute's value. Throws RowError if it was edited into what is none.
std::string vendor_text(const Row& row, const VendorItem& item);

}  // namespace virtsql
