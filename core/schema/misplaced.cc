#include "core/schema/misplaced.h"

#include <algorithm>

#include "core/schema/sql_name.h"
#include "core/schema/view_columns.h"

namespace virtsql {
namespace {

using Columns = std::vector<const Column*>;
using ColumnText = std::function<std::string(const Column&)>;

bool contains(const Columns& columns, const Column* column) {
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

std::string list(const Columns& columns, const ColumnText& text, const char* separator) {
  std::string out;
  for (const Column* column : columns) out += (out.empty() ? "" : separator) + text(*column);
  return out;
}

// SQL that tests whether one of the columns has a value (`is`: " IS NOT NULL") or none has (" IS NULL").
std::string any(const Columns& columns, const ColumnText& value, const char* is) {
  return (columns.size() == 1 ? value(*columns[0]) : "coalesce(" + list(columns, value, ",") + ")") + is;
}

class Places {
 public:
  Places(const Table& device, std::string element, ColumnText value, ColumnText before, ColumnText name)
      : device_(device),
        element_(std::move(element)),
        value_(std::move(value)),
        before_(std::move(before)),
        name_(std::move(name)) {}

  std::vector<Misplaced> all() {
    if (device_.has_element_column()) of_other_elements();
    of_other_table();
    for (const Element* element : device_.elements) followers(*element);
    return std::move(out_);
  }

 private:
  void add(const std::string& condition, const std::string& said) {
    const bool known =
        std::any_of(out_.begin(), out_.end(), [&](const Misplaced& each) { return each.condition == condition; });
    if (!known) out_.push_back({condition, said});
  }

  void of_other_elements() {
    for (const Element* element : device_.elements) {
      Columns own;
      for (const Element* each : device_.elements)
        if (each->label == element->label)
          for (const Column* column : columns_of(*each)) own.push_back(column);
      for (const Element* other : device_.elements) {
        if (other->label == element->label) continue;
        Columns foreign = columns_of(*other);
        foreign.erase(std::remove_if(foreign.begin(), foreign.end(), [&](const Column* c) { return contains(own, c); }),
                      foreign.end());
        if (foreign.empty()) continue;
        add(element_ + "=" + sql_literal(element->label) + " AND " + any(foreign, value_, " IS NOT NULL"),
            "element " + std::string(element->label) + " has no " + list(foreign, name_, ", ") + "; set element = '" +
                std::string(other->label) + "'");
      }
    }
  }

  void of_other_table() {
    for (const Element* element : device_.elements)
      for (const Attribute& attribute : element->attributes) {
        if (element->condition_attribute.empty() || attribute.name != element->condition_attribute) continue;
        const std::string is = element->condition_negated ? "=" : " IS NOT ";
        const std::string said = name_(*attribute.column) + " " + (element->condition_negated ? "cannot be" : "is") +
                                 " '" + std::string(element->condition_value) + "' here";
        add(value_(*attribute.column) + is + sql_literal(element->condition_value), said + others(*element));
      }
  }

  // For the error: the view of the devices whose XML element has the same name but goes to another table. Empty if
  // there is none.
  static std::string others(const Element& element) {
    for (const Element* sibling : element.parent->children)
      if (sibling->name == element.name && sibling->table && sibling->table != element.table)
        return "; for others there is " + view_name(*sibling->table);
    return "";
  }

  // Of several elements of one name, each needs the one before it: alone, the second would be read back as the first.
  // But the first may be there without a value (<source/>), so a row that was so already is no fault of the write.
  void followers(const Element& element) {
    const Element* before = nullptr;
    for (const Element* child : element.children) {
      if (child->table) continue;
      if (before && child->occurrence > 1 && child->name == before->name) {
        const Columns first = columns_of(*before);
        const Columns second = columns_of(*child);
        add(any(second, value_, " IS NOT NULL") + " AND " + any(first, value_, " IS NULL") + " AND(" +
                any(first, before_, " IS NOT NULL") + " OR " + any(second, before_, " IS NULL") + ")",
            list(second, name_, ", ") + (second.size() > 1 ? " need " : " needs ") +
                (first.size() > 1 ? "one of " : "") + list(first, name_, ", "));
      }
      before = child;
      followers(*child);
    }
  }

  const Table& device_;
  std::string element_;
  ColumnText value_;
  ColumnText before_;
  ColumnText name_;
  std::vector<Misplaced> out_;
};

}  // namespace

std::vector<Misplaced> misplaced(const Table& device, const std::string& element, const ColumnText& value,
                                 const ColumnText& before, const ColumnText& name) {
  return Places(device, element, value, before, name).all();
}

Name demanded_value(const Table& device, const Column& column) {
  for (const Element* element : device.elements)
    for (const Attribute& attribute : element->attributes)
      if (attribute.column == &column && !element->condition_negated && attribute.name == element->condition_attribute)
        return element->condition_value;
  return {};
}

}  // namespace virtsql
