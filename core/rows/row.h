// Rows in memory: one XML document as rows of the catalog's tables, before they are stored or after they were loaded.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/arena.h"
#include "core/base/interrupt.h"
#include "core/catalog/catalog.h"

namespace virtsql {

// Something in a document that the catalog has no column for: a row of vendor_options.
struct VendorItem {
  enum class Kind { kAttribute, kElement, kText };
  Kind kind = Kind::kElement;
  std::string_view path;        // Element::relative_path of the element that has it
  std::int64_t position = 0;    // its index among that element's attributes, or among its child elements and texts
  std::string_view name;        // qualified; empty for a text
  std::string_view value_json;  // a JSON string, or an element in the form of xml_json()
  VendorItem* next = nullptr;
};

// One row of a table, with the columns of its resource, the rows below it, and its vendor items. Lives in an arena.
struct Row {
  struct List {
    Row* first = nullptr;
    Row* last = nullptr;
    void append(Row* row) {
      (last ? last->next : first) = row;
      last = row;
    }
  };

  const Element* element = nullptr;    // what it is read from and written as; its `recursion` is nullptr
  std::string_view* values = nullptr;  // by Column::slot; data() == nullptr is NULL
  List* children = nullptr;            // by Element::child_slot
  std::string_view layout;             // see core/rows/layout.h; empty if everything is in the catalog's order
  VendorItem* vendor = nullptr;
  VendorItem* last_vendor = nullptr;
  Row* next = nullptr;  // in its parent's list
  std::int64_t id = 0;  // in its table; 0: not stored
  std::int64_t resource_id = 0;
  std::int64_t parent_id = 0;
  std::int64_t position = 0;               // as stored
  std::int64_t child_tables = 0;           // as stored: which child tables may have rows
  std::int64_t resource_child_tables = 0;  // the same for its resource

  bool has(const Column& column) const { return values[column.slot].data() != nullptr; }
  std::string_view get(const Column& column) const { return values[column.slot]; }
  void set(const Column& column, std::string_view value) { values[column.slot] = value; }

  // Whether the row has a value or rows in the slots and lists of the container. Slots of other elements can lie
  // between these, so it may be true although the container has nothing.
  bool may_have(const Element& container) const {
    for (std::size_t slot = container.first_slot; slot < container.end_slot; ++slot)
      if (values[slot].data()) return true;
    for (std::size_t slot = container.first_child_slot; slot < container.end_child_slot; ++slot)
      if (children[slot].first) return true;
    return false;
  }

  void add(VendorItem* item) {
    (last_vendor ? last_vendor->next : vendor) = item;
    last_vendor = item;
  }

  // Makes a row of the element, without values. REQUIRES: the element's `recursion` is nullptr (see Element::shape()).
  static Row* make(Arena& arena, const Element& element) {
    check_interrupt();
    Row* row = arena.make<Row>();
    row->element = &element;
    row->values = arena.make_array<std::string_view>(element.table->slots);
    row->children = arena.make_array<List>(element.row_elements.size());
    return row;
  }
};

// Visits the rows right below the row, in the order of their elements.
template <typename Visit>
void for_each_child(const Row& row, const Visit& visit) {
  for (std::size_t slot = 0; slot < row.element->row_elements.size(); ++slot)
    for (Row* child = row.children[slot].first; child; child = child->next) visit(*child);
}

// The same for those that belong to the row's resource, or for the others.
template <typename Visit>
void for_each_child(const Row& row, bool of_resource, const Visit& visit) {
  for (std::size_t slot = 0; slot < row.element->row_elements.size(); ++slot)
    if (row.element->row_elements[slot]->of_resource == of_resource)
      for (Row* child = row.children[slot].first; child; child = child->next) visit(*child);
}

// Visits the row and all below it.
template <typename Visit>
void for_each_row(Row& row, const Visit& visit) {
  visit(row);
  for_each_child(row, [&](Row& child) { for_each_row(child, visit); });
}

}  // namespace virtsql
