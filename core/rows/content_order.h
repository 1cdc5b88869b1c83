// In which order an element's attributes and children are written if the row says more than columns do: an order that
// is not the catalog's (its layout), and vendor items, which know their places among their siblings.
//
// What the layout does not name, as it was added since, follows the last of its kind, or else what comes before it in
// the catalog.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "core/base/arena.h"
#include "core/catalog/catalog.h"
#include "core/rows/layout.h"
#include "core/rows/row.h"

namespace virtsql {

// One attribute or child: one of the pointers is set.
struct ContentItem {
  const Attribute* attribute = nullptr;
  std::string_view spelled;  // of an attribute whose name the layout gives
  const Element* container = nullptr;
  const Row* row = nullptr;
  const VendorItem* vendor = nullptr;
  const Column* declared = nullptr;  // the namespace that an attribute declares, which is no column of the element
};

// The attributes of the row's element, or of one of its containers, that have values. Names live in the arena.
std::vector<ContentItem> attribute_order(const Row& row, const Element& element, const Layout::Order& order,
                                         Arena& arena);

// Its children and texts. `is_written`: whether the container has anything to be written.
std::vector<ContentItem> child_order(const Row& row, const Element& element, const Layout::Order& order,
                                     const std::function<bool(const Element&)>& is_written);

}  // namespace virtsql
