#include "core/rows/document_path.h"

#include <cassert>

#include "core/rows/namespaces.h"

namespace virtsql {
namespace {

// Returns the name by which the row's document spells the attribute of the element.
std::string_view spelling(const Attribute& attribute, const Element& element, const Row& row) {
  if (!attribute.spellings.empty() && !row.layout.empty()) {
    const Layout layout(row.layout);
    for (const Attribute::Spelling& other : attribute.spellings)
      if (layout.has(element.relative_path, "@" + other.name)) return other.name;
    if (layout.has(element.relative_path, "@" + attribute.name)) return attribute.name;
  }
  return usual_spelling(attribute, row);
}

}  // namespace

void DocumentPath::enter(const Element& element, const Row& row, std::string_view relative_path) {
  text_ += '/';
  if (!element.declaration) {
    text_ += element.name;
    return;
  }
  const Layout layout(row.layout);
  if (const auto given = given_prefix(layout, relative_path))
    prefix_ = *given;
  else if (declaration_ != element.declaration)
    prefix_ = root_prefix(*root_layout_, *element.declaration);
  declaration_ = element.declaration;
  text_ += qualified_name(prefix_, local_name(element.name));
}

void DocumentPath::enter_containers(const Element& element, const Element& above, const Row& row) {
  if (element.parent == &above) return;
  enter_containers(*element.parent, above, row);
  enter(*element.parent, row, element.parent->relative_path);
}

std::string DocumentPath::of(const Column& column, const Row& row) const {
  std::string out = text_;
  [[maybe_unused]] const bool found = find(out, *row.element, column, row);
  assert(found);
  return out;
}

std::string DocumentPath::of_element_with(const Column& column, const Row& row) const {
  std::string path = of(column, row);
  const std::string_view step = std::string_view(path).substr(path.rfind('/') + 1);
  if (step.starts_with("@") || step == "text()") path.resize(path.rfind('/'));
  return path;
}

std::string DocumentPath::of_written(const Element& element, std::string_view xml) const {
  if (!element.any_name || xml.empty()) return text_;  // empty: somebody took away what the row holds
  return text_.substr(0, text_.rfind('/') + 1).append(xml.substr(1, xml.find_first_of(" />\n") - 1));
}

std::string DocumentPath::of(const VendorItem& item, const Row& row) const {
  std::string out = of_container(*row.element, item.path, row);
  out += item.kind == VendorItem::Kind::kText        ? "/text()"
         : item.kind == VendorItem::Kind::kAttribute ? "/@" + std::string(item.name)
                                                     : "/" + std::string(item.name);
  return out;
}

// Appends the path from the element, which was entered last, to the column. Returns whether the column is in it.
bool DocumentPath::find(std::string& out, const Element& element, const Column& column, const Row& row) const {
  if (element.flag == &column || element.json == &column) return true;
  if (element.text == &column) {
    out += "/text()";
    return true;
  }
  for (const Attribute& attribute : element.attributes) {
    if (attribute.column != &column) continue;
    out.append("/@").append(spelling(attribute, element, row));
    return true;
  }
  const std::size_t size = out.size();
  for (const Element* child : element.children) {
    if (child->table) continue;
    DocumentPath below("", *this);
    below.enter(*child, row, child->relative_path);
    out += below.text_;
    if (below.find(out, *child, column, row)) return true;
    out.resize(size);
  }
  return false;
}

// Returns the path of the row's container that has this relative path.
std::string DocumentPath::of_container(const Element& element, std::string_view relative_path, const Row& row) const {
  if (element.relative_path == relative_path) return text_;
  for (const Element* child : element.children) {
    if (child->table || !is_at_or_below(relative_path, child->relative_path)) continue;
    DocumentPath below = *this;
    below.enter(*child, row, child->relative_path);
    return below.of_container(*child, relative_path, row);
  }
  return text_ + "/" + std::string(relative_path);  // a user edited vendor_options.path
}

}  // namespace virtsql
