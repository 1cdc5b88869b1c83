#include "core/rows/generate.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "core/base/interrupt.h"
#include "core/base/work.h"
#include "core/rows/content_order.h"
#include "core/rows/definition.h"
#include "core/rows/layout.h"
#include "core/rows/namespaces.h"
#include "core/rows/row_error.h"
#include "core/xml/json.h"
#include "core/xml/writer.h"

namespace virtsql {
namespace {

// An enclosing element that is in a namespace, with its prefix. `element` is nullptr if there is none.
struct Around {
  const Element* element = nullptr;
  std::string_view prefix;
};

// Writes one row: its element, the containers in it, and its child rows.
class RowWriter {
 public:
  // `around`: the element around the row's element, if it is in a namespace.
  RowWriter(const Row& row, xml::Writer& writer, NamespaceScope& scope, Arena& arena, Around around = {})
      : row_(row),
        writer_(&writer),
        scope_(scope),
        arena_(arena),
        around_(around),
        layout_(row.layout),
        plain_(layout_.empty() && !row.vendor) {
    for (const VendorItem* item = row_.vendor; item; item = item->next)
      if (vendor_paths_.empty() || vendor_paths_.back() != item->path) vendor_paths_.push_back(item->path);
    std::sort(vendor_paths_.begin(), vendor_paths_.end());
    vendor_paths_.erase(std::unique(vendor_paths_.begin(), vendor_paths_.end()), vendor_paths_.end());
  }

  // Throws RowError if the row has something that no XML can say.
  void write() {
    try {
      whole();
    } catch (const xml::Error& error) {
      if (column_) throw RowError(row_, *column_, error.what());
      throw RowError(row_, std::string("vendor_options: ") + error.what());
    }
  }

 private:
  void whole() {
    check_interrupt();
    const Element& element = *row_.element;
    for (const Column* column : element.foreign)
      if (row_.has(*column))
        throw RowError(row_, *column,
                       "<" + element.name + "> at " + element.path + " has no place for it; set it NULL");
    if (element.any_name) {
      if (row_.has(*element.json))
        writer_->verbatim(*from_json(value(*element.json), arena_), layout_.has("", Layout::kQuotes));
      return;
    }
    const NamespaceScope::Mark scope = scope_.mark();
    open(element);
    if (element.spaced) writer_->space_children();
    contents(element);
    writer_->close();
    scope_.leave(scope);
    if (element.parent) return;
    std::for_each(scope_.missing().rbegin(), scope_.missing().rend(), [&](const auto& missing) {
      writer_->insert_attribute(attributes_end_, "xmlns:" + std::string(missing.first), missing.second);
    });
  }

  // Opens the element. Its namespace declarations are then in scope.
  void open(const Element& element) {
    declare(element);
    if (!element.declaration) {
      writer_->open(element.name);
      return;
    }
    const Column& declaration = *element.declaration;
    std::optional<std::string_view> wanted = given_prefix(layout_, element.relative_path);
    if (!wanted && around_.element && around_.element->declaration == &declaration) wanted = around_.prefix;
    around_ = {&element, arena_.copy(scope_.prefix_for(declaration, wanted, arena_))};
    writer_->open(arena_.copy(qualified_name(around_.prefix, local_name(element.name))));
  }

  // Puts the namespace declarations among the element's attributes in scope.
  void declare(const Element& element) {
    if (!element.parent) {
      for (const Attribute& attribute : element.attributes)
        if (!attribute.column->marks->namespace_uri.empty() && row_.has(*attribute.column))
          scope_.declare(arena_.copy(root_prefix(layout_, *attribute.column)), row_.get(*attribute.column));
    }
    if (plain_) return;
    for (const VendorItem* item = row_.vendor; item; item = item->next)
      if (item->kind == VendorItem::Kind::kAttribute && item->path == element.relative_path)
        if (const auto prefix = declared_prefix(item->name))
          scope_.declare(*prefix, from_json_string(item->value_json, arena_));
    if (!element.parent) return;
    if (const Layout::Order* order = layout_.find(element.relative_path))
      for (const std::string& token : *order)
        if (const Column* declared = declared_by(token, element))
          scope_.declare(arena_.copy(*declaring_prefix(token, *declared)), declared->marks->namespace_uri);
  }

  // Returns the column's value and remembers the column, which write() names if the value cannot be written.
  std::string_view value(const Column& column) {
    column_ = &column;
    return row_.get(column);
  }

  bool has_vendor(const Element& element) const {
    return std::binary_search(vendor_paths_.begin(), vendor_paths_.end(), std::string_view(element.relative_path));
  }

  // Whether the row has nothing of the container. Fast: true is certain, but it may be false though there is nothing.
  bool is_absent(const Element& element) const {
    if (row_.may_have(element)) return false;
    if (plain_) return true;
    if (layout_.reaches(element.relative_path)) return false;
    return std::none_of(vendor_paths_.begin(), vendor_paths_.end(),
                        [&](std::string_view path) { return is_at_or_below(path, element.relative_path); });
  }

  // Whether anything of the container is written. Exact, unlike is_absent(), but slower: it writes to a scratch writer.
  bool writes_something(const Element& element) {
    xml::Writer scratch;
    scratch.open("scratch");
    xml::Writer* const outer = std::exchange(writer_, &scratch);
    const std::size_t missing = scope_.missing().size();
    const bool out = container(element);
    scope_.keep_missing(missing);
    writer_ = outer;
    return out;
  }

  // Writes the container, unless it has nothing in it. Returns whether it was written.
  bool container(const Element& element) {
    if (is_absent(element)) return false;
    const xml::Writer::Mark mark = writer_->mark();
    const NamespaceScope::Mark scope = scope_.mark();
    const std::size_t missing = scope_.missing().size();
    const Around around = around_;
    open(element);
    bool any = false;
    if (element.json) {
      if (const std::string_view json = value(*element.json); json.data()) {
        writer_->contents(*content_from_json(element.name, json, arena_), true);
        any = true;
      }
    } else {
      any = contents(element);
    }
    if (element.flag) {
      const std::string_view flag = row_.get(*element.flag);
      if (any && flag == "0")
        throw RowError(row_, *element.flag, "it is 0, but <" + element.name + "> has content; set what is in it NULL");
      any = any || (flag.data() && flag != "0");
    }
    any = any || (!plain_ && layout_.says_empty(element.relative_path));
    if (any) {
      writer_->close();
    } else {
      writer_->rewind(mark);
      scope_.keep_missing(missing);
    }
    scope_.leave(scope);
    around_ = around;
    return any;
  }

  // Writes the attributes, text and children. Returns whether there were any.
  bool contents(const Element& element) {
    if (!plain_ && (layout_.find(element.relative_path) || has_vendor(element))) return ordered_contents(element);
    bool any = false;
    for (const Attribute& known : element.attributes) any = attribute(element, known, {}).data() || any;
    if (!element.parent) attributes_end_ = writer_->mark();
    any = text(element) || any;
    for (const auto& child : element.children) any = this->child(*child) || any;
    return any;
  }

  // Writes the attribute, if the row has a value for it. `name` is the name that the layout gives; if it is empty, the
  // usual name is written. Returns the written name, or a view without data if the row has no value.
  std::string_view attribute(const Element& element, const Attribute& attribute, std::string_view name) {
    const std::string_view text = value(*attribute.column);
    if (!text.data()) return {};
    if (name.empty()) {
      name = usual_spelling(attribute, row_);
      if (attribute.spelled_after) check_stands_once(element, attribute, name);
    }
    writer_->attribute(name, text);
    return name;
  }

  // An attribute whose name depends on the @type can get the name of another attribute of the element. Throws RowError
  // if the row has values for both.
  void check_stands_once(const Element& element, const Attribute& attribute, std::string_view name) const {
    for (const Attribute& other : element.attributes)
      if (&other != &attribute && row_.has(*other.column) && usual_spelling(other, row_) == name)
        throw RowError(row_, *other.column,
                       "<" + element.name + "> has the attribute " + std::string(name) + " from " +
                           attribute.column->name + " already; set one of them NULL");
  }

  bool has_nothing_but_text(const Element& element) const {
    return element.children.empty() && !has_vendor(element) && !layout_.space(element.relative_path).data();
  }

  bool text(const Element& element) {
    if (!element.text) return false;
    const std::string_view text = value(*element.text);
    if (text.empty() && element.text->marks->both_tags && (text.data() || element.table) &&
        has_nothing_but_text(element))
      writer_->both_tags();
    if (!text.data()) return false;
    writer_->text(text, !plain_ && layout_.has(element.relative_path, Layout::kQuotes));
    return true;
  }

  bool rows(const Element& element) {
    bool any = false;
    for (const Row* child = row_.children[element.child_slot].first; child; child = child->next) {
      RowWriter(*child, *writer_, scope_, arena_, around_).write();
      any = true;
    }
    return any;
  }

  bool child(const Element& element) {
    if (!element.table) return container(element);
    return rows(element);
  }

  bool ordered_contents(const Element& element) {
    static const Layout::Order kNone;
    const Layout::Order* order = layout_.find(element.relative_path);
    if (!order) order = &kNone;
    bool any = false;
    std::set<std::string_view> names;  // of the attributes that were written
    const auto take = [&](std::string_view name) {
      if (!xml::is_name(name)) throw xml::Error("\"" + std::string(name) + "\" is no name of an XML attribute");
      if (!names.insert(name).second)
        throw xml::Error("<" + element.name + "> has the attribute " + std::string(name) + " twice");
      any = any || !declared_prefix(name);
    };
    for (const ContentItem& item : attribute_order(row_, element, *order, arena_)) {
      if (item.vendor) {
        column_ = nullptr;
        take(item.vendor->name);
        const std::string_view text = from_json_string(item.vendor->value_json, arena_);
        if (element.is_dumped() && !layout_.has(element.relative_path, Layout::kQuotes))
          writer_->dumped_attribute(item.vendor->name, text);
        else
          writer_->attribute(item.vendor->name, text);
        any = true;
      } else if (item.declared) {
        take(item.spelled);
        writer_->attribute(item.spelled, item.declared->marks->namespace_uri);
      } else if (const std::string_view name = attribute(element, *item.attribute, item.spelled); name.data()) {
        take(name);
      }
    }
    if (!element.parent) attributes_end_ = writer_->mark();
    const bool any_text = text(element);
    any = any_text || any;
    const std::vector<ContentItem> items = child_order(
        row_, element, *order, [&](const Element& child) { return !is_absent(child) && writes_something(child); });
    if (items.empty() && !any_text) {
      if (const std::string_view space = layout_.space(element.relative_path); space.data()) writer_->text(space);
    }
    const bool only_text = items.size() == 1 && items[0].vendor && items[0].vendor->kind == VendorItem::Kind::kText;
    for (const ContentItem& item : items) {
      if (item.vendor) column_ = nullptr;
      if (item.vendor && item.vendor->kind == VendorItem::Kind::kText) {
        const std::string_view stray = from_json_string(item.vendor->value_json, arena_);
        if (xml::is_space(stray)) continue;  // white space says nothing, and indentation follows libvirt's format
        if (only_text)
          writer_->text(stray);
        else
          writer_->stray_text(stray);
        any = true;
      } else if (item.vendor) {
        writer_->element(*from_json(item.vendor->value_json, arena_));
        any = true;
      } else if (item.row) {
        RowWriter(*item.row, *writer_, scope_, arena_, around_).write();
        any = true;
      } else {
        any = container(*item.container) || any;
      }
    }
    return any;
  }

  const Row& row_;
  xml::Writer* writer_;
  const Column* column_ = nullptr;  // the column that is written now; nullptr: a vendor item is
  NamespaceScope& scope_;
  Arena& arena_;
  Around around_;
  Layout layout_;
  xml::Writer::Mark attributes_end_ = {};       // of a root: where missing xmlns declarations are inserted
  bool plain_;                                  // the row has no layout and no vendor items
  std::vector<std::string_view> vendor_paths_;  // where the row's vendor items are: each path once, sorted
};

}  // namespace

std::string generate(const Row& row, Form form) {
  ++work.generations;
  if (form == Form::kFull) return generate_element(row);
  Arena arena;
  return generate_element(*definition_of(row, arena));
}

void generate_into(xml::Writer& writer, const Row& row) {
  Arena arena;
  NamespaceScope scope;
  RowWriter(row, writer, scope, arena).write();
}

std::string generate_element(const Row& row) {
  xml::Writer writer;
  generate_into(writer, row);
  return writer.take();
}

}  // namespace virtsql
