#include "core/catalog/catalog.h"

#include <algorithm>
#include <array>
#include <utility>

namespace virtsql {
namespace {

constexpr std::array<std::pair<std::string_view, Type>, 15> kTypes = {{
    {"text", Type::kText},
    {"integer", Type::kInteger},
    {"number", Type::kNumber},
    {"hex", Type::kHex},
    {"octal", Type::kOctal},
    {"uuid", Type::kUuid},
    {"mac", Type::kMac},
    {"path", Type::kPath},
    {"cpuset", Type::kCpuset},
    {"yes_no", Type::kYesNo},
    {"on_off", Type::kOnOff},
    {"flag", Type::kFlag},
    {"size", Type::kSize},
    {"bytes", Type::kBytes},
    {"json", Type::kJson},
}};

}  // namespace

std::string_view type_name(Type type) {
  for (const auto& [name, value] : kTypes)
    if (value == type) return name;
  return "text";
}

std::optional<Type> type_named(std::string_view name) {
  for (const auto& [spelled, type] : kTypes)
    if (spelled == name) return type;
  return std::nullopt;
}

bool is_numeric(Type type) {
  switch (type) {
    case Type::kInteger:
    case Type::kNumber:
    case Type::kFlag:
    case Type::kSize:
    case Type::kBytes:
      return true;
    default:
      return false;
  }
}

bool Table::has_bits() const {
  return std::any_of(child_tables.begin(), child_tables.end(), [](const Table* child) { return child->bit != 0; });
}

const Column* Table::find(std::string_view column_name) const {
  for (const Column* column : columns)
    if (column->name == column_name) return column;
  return nullptr;
}

const Computed* Table::find_computed(std::string_view column_name) const {
  for (const Computed& column : computed)
    if (column.name == column_name) return &column;
  return nullptr;
}

std::vector<const Column*> columns_of(const Element& element) {
  std::vector<const Column*> out;
  const auto add = [&](const Column* column) {
    if (column && std::find(out.begin(), out.end(), column) == out.end()) out.push_back(column);
  };
  for (const Attribute& attribute : element.attributes) add(attribute.column);
  for (const Column* column : {element.text, element.flag, element.json}) add(column);
  for (const Element* child : element.children)
    if (!child->table)
      for (const Column* column : columns_of(*child)) add(column);
  return out;
}

std::string singular(std::string_view plural) {
  const auto strip = [&](std::string_view ending, std::string_view with) {
    return std::string(plural.substr(0, plural.size() - ending.size())).append(with);
  };
  if (plural.ends_with("indices")) return strip("ices", "ex");
  if (plural.ends_with("ries") || plural.ends_with("cies") || plural.ends_with("ties")) return strip("ies", "y");
  for (std::string_view ending : {"sses", "xes", "ches", "shes"})
    if (plural.ends_with(ending)) return strip("es", "");
  if (plural.ends_with("ss")) return std::string(plural);
  if (plural.ends_with("s")) return strip("s", "");
  return std::string(plural);
}

const Element& Catalog::root(std::string_view name) const {
  for (const Element* element : roots_)
    if (element->name == name) return *element;
  throw CatalogError("the catalog has no root <" + std::string(name) + ">");
}

const Table* Catalog::find_table(std::string_view name) const {
  const auto at = std::lower_bound(by_name_.begin(), by_name_.end(), name,
                                   [](const Table* table, std::string_view other) { return table->name < other; });
  return at != by_name_.end() && (*at)->name == name ? *at : nullptr;
}

}  // namespace virtsql
