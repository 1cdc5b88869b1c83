// The path of a value or an element, as one document spells it: /domain/devices/disk/driver/@cache.
//
// The catalog's names are not always the document's. A document may use another prefix for a namespace than the
// catalog, another spelling of an attribute, or any name if the catalog has `*`. Code that walks down the rows of a
// document takes a DocumentPath along. enter() goes into an element; the functions that return a path do not move. To
// go back up, assign a copy that was made before enter().
#pragma once

#include <string>
#include <string_view>

#include "core/rows/layout.h"
#include "core/rows/row.h"

namespace virtsql {

class DocumentPath {
 public:
  // Starts at the document's root. The layout of the root's row must outlive the path.
  DocumentPath(const Element& root, const Layout& root_layout) : text_(root.path), root_layout_(&root_layout) {}

  // The path of the element that was entered last.
  const std::string& text() const { return text_; }

  // Enters an element. The layout of `row` gives the element's prefix, if it is unusual, under the relative path ("" if
  // the element is the row's own).
  void enter(const Element& element, const Row& row, std::string_view relative_path);

  // Enters the containers between the row's own element and `element`, which makes rows: for a disk, <devices>.
  void enter_containers(const Element& element, const Row& row) { enter_containers(element, *row.element, row); }

  // Returns the path of the column's value. REQUIRES: the row's element was entered last, and the column is of its
  // table.
  std::string of(const Column& column, const Row& row) const;

  // Returns the path of the element that has the column's value as its text or attribute, or, for a flag or a JSON
  // column, of the element itself. REQUIRES: the same as of().
  std::string of_element_with(const Column& column, const Row& row) const;

  // Returns the path of the element that was entered last. `xml` is the XML of this element: if the catalog takes any
  // name there (`*`), the name is read from it.
  std::string of_written(const Element& element, std::string_view xml) const;

  // Returns the path of the vendor item, which is in the row's element or one below it.
  std::string of(const VendorItem& item, const Row& row) const;

 private:
  // A path with another text, but with the namespace of `around`.
  DocumentPath(std::string_view text, const DocumentPath& around)
      : text_(text), declaration_(around.declaration_), prefix_(around.prefix_), root_layout_(around.root_layout_) {}

  void enter_containers(const Element& element, const Element& above, const Row& row);
  bool find(std::string& out, const Element& element, const Column& column, const Row& row) const;
  std::string of_container(const Element& element, std::string_view relative_path, const Row& row) const;

  std::string text_;
  const Column* declaration_ = nullptr;  // the namespace that was entered last; prefix_ is its prefix
  std::string prefix_;
  const Layout* root_layout_;
};

}  // namespace virtsql
