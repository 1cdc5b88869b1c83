#include "core/catalog/resolve_conditions.h"

namespace virtsql {
namespace {

// Returns the column, of the row's table or its resource, that has the path from the row's element; nullptr if none
// has.
const Column* row_column(const Element& row, std::string_view path) {
  for (const auto* part = static_cast<const TableDraft*>(row.table); part; part = part->resource_draft)
    for (const Column* column : part->column_list)
      if (column->relative_path == path) return column;
  return nullptr;
}

// Starts a path that goes from the row's element, although an attribute of the name may be nearer (./@type).
constexpr std::string_view kOfRow = "./";

// Returns the column that a condition at the element names: an attribute of it or of an element around it in the row,
// or a path from the row's element; nullptr if there is none.
const Column* condition_column(const Element& at, std::string_view attribute) {
  if (attribute.starts_with(kOfRow)) return row_column(at.row_element(), attribute.substr(kOfRow.size()));
  if (const Column* near = nearest_attribute(&at, attribute)) return near;
  return row_column(at.row_element(), attribute);
}

// Starts a path in a condition that goes from the element of the row around the row.
constexpr std::string_view kOfAround = "../";
// Starts a path that goes from the document's root.
constexpr std::string_view kOfRoot = "/";

// Returns the column of rows below that a condition names by its path from the row's element (listen/@type), and sets
// `child` to the element that makes these rows; nullptr if there is none.
const Column* child_column(const Element& at, std::string_view attribute, const Element*& child) {
  const Element* row = &at.row_element();
  for (const Element* rows : static_cast<const ElementDraft*>(row)->row_list) {
    const std::string_view path = rows->path.substr(row->path.size() + 1);
    if (rows->recursion || !attribute.starts_with(path) || attribute.substr(path.size(), 1) != "/") continue;
    if (const Column* column = row_column(*rows, attribute.substr(path.size() + 1))) {
      child = rows;
      return column;
    }
    if (const Column* below = child_column(*rows, attribute.substr(path.size() + 1), child)) return below;
  }
  return nullptr;
}

}  // namespace

const Column* nearest_attribute(const Element* element, std::string_view name) {
  for (; element; element = element->parent) {
    for (const Attribute& attribute : static_cast<const ElementDraft*>(element)->attribute_list)
      if (attribute.name == name) return attribute.column;
    if (element->table) return nullptr;
  }
  return nullptr;
}

void resolve_conditions(const Element& at, std::span<const Condition> conditions, Knows knows) {
  for (const Condition& condition : conditions) {
    auto& draft = const_cast<Condition&>(condition);  // the storage owns it, and the model is not in use yet
    std::string_view attribute = condition.attribute;
    const Element* from = &at;
    if (const Element* around = at.row_element().parent;
        knows != Knows::kRow && around && attribute.starts_with(kOfAround)) {
      draft.of = Condition::Of::kAround;
      attribute.remove_prefix(kOfAround.size());
      from = around;
    } else if (knows == Knows::kRoot && attribute.starts_with(kOfRoot)) {
      draft.of = Condition::Of::kRoot;
      attribute.remove_prefix(kOfRoot.size());
      from = &at.root();
    }
    draft.column = condition_column(*from, attribute);
    if (!draft.column) draft.column = child_column(*from, attribute, draft.child);
    if (!condition.inserted_attribute.empty()) draft.inserted = condition_column(at, condition.inserted_attribute);
    if (!draft.column || (!condition.inserted_attribute.empty() && !draft.inserted))
      throw CatalogError(at.path + ": {... if @" + condition.attribute + "}: there is no such attribute in the row");
  }
}

}  // namespace virtsql
