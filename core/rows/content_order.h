// The order in which an element's attributes and children are written if the row has more than columns: a layout (an
// order that is not the catalog's), or vendor items, each of which knows its position among its siblings.
//
// What the layout does not name, because it was added later, follows the last item of its kind. If there is no such
// item, it follows what comes before it in the catalog.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "core/base/arena.h"
#include "core/catalog/catalog.h"
#include "core/rows/layout.h"
#include "core/rows/row.h"

namespace virtsql {

// One attribute or child: exactly one of the pointers is set.
struct ContentItem {
  const Attribute* attribute = nullptr;
  std::string_view spelled{};  // the attribute's name, if the layout gives it
  const Element* container = nullptr;
  const Row* row = nullptr;
  const VendorItem* vendor = nullptr;
  const Column* declared = nullptr;  // an xmlns attribute without a column in the element: the namespace it declares
};

// Returns the attributes to write, in order: those of `element` that have a value in the row, its xmlns declarations
// and its vendor attributes. `element` is the row's own or one of its containers, `order` the layout's entry for it.
// Names live in the arena.
std::vector<ContentItem> attribute_order(const Row& row, const Element& element, const Layout::Order& order,
                                         Arena& arena);

// Returns the children to write, in order: containers, rows, and vendor elements and texts. `is_written` says whether
// anything of a container will be written.
std::vector<ContentItem> child_order(const Row& row, const Element& element, const Layout::Order& order,
                                     const std::function<bool(const Element&)>& is_written);

}  // namespace virtsql
