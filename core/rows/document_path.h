// Where a value or an element stands, as one document spells it: /domain/devices/disk/driver/@cache.
//
// The catalog's names are not always the document's. A document may use another prefix for a namespace than the
// catalog, another spelling of an attribute, or any name where the catalog has `*`. Who walks down the rows of a
// document takes a DocumentPath along: enter() goes into an element, the functions that are asked for a path do not
// move. Going back is assigning the path as it was before.
#pragma once

#include <string>
#include <string_view>

#include "core/rows/layout.h"
#include "core/rows/row.h"

namespace virtsql {

class DocumentPath {
 public:
  // Of the document's root. The layout of the root's row must outlive the path.
  DocumentPath(const Element& root, const Layout& root_layout) : text_(root.path), root_layout_(&root_layout) {}

  // The element that was entered last.
  const std::string& text() const { return text_; }

  // Enters an element. `row` is the one whose layout knows the element, at the relative path.
  void enter(const Element& element, const Row& row, std::string_view relative_path);

  // Enters the elements between the row's own and the one that makes rows below it: <devices>, for a disk.
  void enter_containers(const Element& element, const Row& row) { enter_containers(element, *row.element, row); }

  // The path of the column's value. REQUIRES: the row's element was entered last, and the column is of its table.
  std::string of(const Column& column, const Row& row) const;

  // The path of the element whose text or attribute the column is, or which it is as a whole. REQUIRES as of().
  std::string of_element_with(const Column& column, const Row& row) const;

  // The path of the element that was entered last, of which this is the XML: if the catalog takes any name there, the
  // name is read from it.
  std::string of_written(const Element& element, std::string_view xml) const;

  // The path of what has no column, in the row's element or one below it.
  std::string of(const VendorItem& item, const Row& row) const;

 private:
  // Another text, in the same namespace.
  DocumentPath(std::string_view text, const DocumentPath& around)
      : text_(text), declaration_(around.declaration_), prefix_(around.prefix_), root_layout_(around.root_layout_) {}

  void enter_containers(const Element& element, const Element& above, const Row& row);
  bool find(std::string& out, const Element& element, const Column& column, const Row& row) const;
  std::string of_container(const Element& element, std::string_view relative_path, const Row& row) const;

  std::string text_;
  const Column* declaration_ = nullptr;  // the namespace of the element, with its prefix
  std::string prefix_;
  const Layout* root_layout_;
};

}  // namespace virtsql
