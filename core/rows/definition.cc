#include "core/rows/definition.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/rows/conditions.h"
#include "core/rows/layout.h"

namespace virtsql {
namespace {

// Returns the value without the last end that begins with `begin`.
std::string_view without_end(std::string_view value, std::string_view begin) {
  return value.substr(0, value.rfind(begin));
}

// Whether the value or row belongs to a running VM only. `around` is the row that has `row` below it (nullptr if `row`
// is the root), `root` the document's root row.
bool is_live(const LiveRule& rule, Purpose purpose, std::string_view value, const Row& row, const Row* around,
             const Row& root) {
  if (rule.found && purpose == Purpose::kCompare) return false;
  switch (rule.when) {
    case LiveRule::When::kNever:
      return false;
    case LiveRule::When::kAlways:
      return true;
    case LiveRule::When::kIfValue:
      return matches(rule.pattern, value);
    case LiveRule::When::kUnlessValue:
      return !matches(rule.pattern, value);
    case LiveRule::When::kIf:
      return all_hold(rule.conditions, row, around, &root);
  }
  return false;
}

// Copies one row with all rows below it. The catalog's conditions are asked of the original row, so an attribute that
// the copy leaves out still decides about others.
class Copier {
 public:
  // `around`: the row that has `row` below it; nullptr if `row` is the root.
  Copier(const Row& row, const Row* around, const Row& root, Arena& arena, Purpose purpose)
      : row_(row),
        around_(around),
        root_(root),
        arena_(arena),
        purpose_(purpose),
        layout_(row.layout),
        plain_(layout_.empty() && !row.vendor) {}

  Row* copy() {
    const Element& element = *row_.element;
    out_ = arena_.make<Row>();
    *out_ = row_;
    out_->next = nullptr;
    out_->vendor = out_->last_vendor = nullptr;
    out_->values = arena_.make_array<std::string_view>(element.table->slots);
    out_->children = arena_.make_array<Row::List>(element.row_elements.size());
    if (element.any_name)
      out_->set(*element.json, row_.get(*element.json));
    else
      contents(element);
    for (const VendorItem* item = row_.vendor; item; item = item->next) {
      if (is_left_out(item->path)) continue;
      auto* kept = arena_.make<VendorItem>();
      *kept = *item;
      kept->next = nullptr;
      out_->add(kept);
    }
    if (!left_out_.empty() && !layout_.empty()) {
      for (const Element* element_left_out : left_out_) layout_.erase(element_left_out->relative_path);
      out_->layout = layout_.empty() ? std::string_view() : arena_.copy(layout_.to_json());
    }
    return out_;
  }

 private:
  bool is_left_out(std::string_view path) const {
    return std::any_of(left_out_.begin(), left_out_.end(),
                       [&](const Element* element) { return is_at_or_below(path, element->relative_path); });
  }

  // Whether the element itself has vendor attributes (if `attributes`), or else vendor elements or texts.
  bool has_vendor(const Element& element, bool attributes) const {
    for (const VendorItem* item = row_.vendor; item; item = item->next)
      if (item->path == element.relative_path && (item->kind == VendorItem::Kind::kAttribute) == attributes)
        return true;
    return false;
  }

  // Copies the column's value if the row has one and it belongs to the definition; a {replaced} or {appended} mark that
  // applies gives the value instead. Returns whether the copy got a value.
  bool keep(const Column& column) {
    const std::string_view value = row_.get(column);
    if (!value.data()) return false;
    const std::string_view appended = column.marks->appended;
    if (!appended.empty() && all_hold(column.marks->appended_if, row_)) {
      out_->set(column, without_end(value, appended));
      return true;
    }
    for (const Replacement& replacement : column.marks->replaced) {
      if (!all_hold(replacement.conditions, row_, around_, &root_)) continue;
      out_->set(column, replacement.value);
      return true;
    }
    if (is_live(column.marks->live, purpose_, value, row_, around_, root_)) return false;
    out_->set(column, value);
    return true;
  }

  // Copies the contents of the element. Returns whether there are any.
  bool contents(const Element& element) {
    bool any = false;
    for (const Attribute& attribute : element.attributes) any = keep(*attribute.column) || any;
    any = any || has_vendor(element, true);
    if (element.text && keep(*element.text)) {
      if (row_.get(*element.text).empty() && (any || element.table)) out_->set(*element.text, {});
      any = true;
    }
    for (const auto& child : element.children) any = (child->table ? rows(*child) : container(*child)) || any;
    return any || has_vendor(element, false);
  }

  bool container(const Element& element) {
    if (plain_ && !row_.may_have(element)) return false;
    if (is_live(element.marks->live, purpose_, {}, row_, around_, root_)) {
      left_out_.push_back(&element);
      return false;
    }
    bool any = element.json ? keep(*element.json) : contents(element);
    any = any || layout_.says_empty(element.relative_path);
    if (element.flag) {
      const bool is_off = row_.get(*element.flag) == "0";
      const std::string_view there = is_off ? "0" : "1";  // a 0 beside content stays, so that generate() refuses it
      any = any || (keep(*element.flag) && !is_off);
      out_->set(*element.flag, any ? there : std::string_view());
    }
    return any;
  }

  bool rows(const Element& element) {
    Row::List& list = out_->children[element.child_slot];
    for (const Row* child = row_.children[element.child_slot].first; child; child = child->next)
      if (!is_live(element.marks->live, purpose_, {}, *child, &row_, root_))
        list.append(Copier(*child, &row_, root_, arena_, purpose_).copy());
    return list.first;
  }

  const Row& row_;
  const Row* around_;
  const Row& root_;
  Arena& arena_;
  Purpose purpose_;
  Layout layout_;
  bool plain_;  // the row has no layout and no vendor items
  Row* out_ = nullptr;
  std::vector<const Element*> left_out_;  // containers
};

}  // namespace

Row* definition_of(const Row& row, Arena& arena, Purpose purpose) {
  return Copier(row, nullptr, row, arena, purpose).copy();
}

bool is_of_running_vm(const Row& root) {
  const auto& attributes = root.element->attributes;
  return root.element->table->is_vm() && std::any_of(attributes.begin(), attributes.end(), [&](const Attribute& one) {
           return one.column->marks->live.when == LiveRule::When::kAlways && root.has(*one.column);
         });
}

}  // namespace virtsql
