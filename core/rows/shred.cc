#include "core/rows/shred.h"

#include <algorithm>
#include <bitset>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/base/work.h"
#include "core/rows/layout.h"
#include "core/rows/namespaces.h"
#include "core/xml/json.h"

namespace virtsql {
namespace {

using xml::Node;

// Whether raw quotes are in the text before the first child element.
bool has_raw_quotes(const Node& node) {
  for (const Node* child = node.first_child; child && !child->is_element(); child = child->next)
    if (child->raw_quotes) return true;
  return false;
}

bool has_single_quotes(const Node& node) {
  if (node.attribute_count > 0) return node.last_single_quoted;
  for (const Node* child = node.first_child; child; child = child->next)
    if (child->is_element() && has_single_quotes(*child)) return true;
  return false;
}

bool is_among(std::span<const Name> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class Shredder {
 public:
  Shredder(const Node& root, Arena& arena, const LeafSink* sink)
      : arena_(arena), sink_(sink), own_namespace_(root.attribute("xmlns")) {}

  // Returns the row of the root.
  Row* document(const Node& node, const Element& root) {
    for (std::size_t i = 0; i < node.attribute_count; ++i)
      if (const auto prefix = declared_prefix(node.attributes[i].name)) {
        const std::string_view uri = node.attributes[i].value;
        root_uris_.emplace(*prefix, uri);
        if (const Column* known = namespace_of(root, uri); known && !root_prefix_of(*known))
          root_prefixes_.emplace_back(known, *prefix);
      }
    root_node_ = &node;
    return row(node, root);
  }

  Row* row(const Node& node, const Element& element) {
    const Element& shape = element.shape();
    Row* out = Row::make(arena_, shape);
    Layout* outer = layout_;
    Layout layout;
    layout_ = &layout;
    if (shape.any_name)
      whole(node, shape, *out);
    else
      fill(node, shape, *out);
    if (!layout.empty()) out->layout = arena_.copy(layout.to_json());
    layout_ = outer;
    return out;
  }

  void enter(std::string_view name) {
    if (sink_) path_.append("/").append(name);
  }
  void leave(std::string_view name) {
    if (sink_) path_.resize(path_.size() - name.size() - 1);
  }

 private:
  // Stores the node's attributes and children in the row. Returns whether there were any.
  bool fill(const Node& node, const Element& element, Row& row) {
    if (element.json) {
      row.set(*element.json, arena_.copy(content_to_json(node)));
      leaves_below(node, Leaf::Kept::kJson, element.json->table->name, element.json->name, true);
      return true;
    }
    if (element.declaration) spell_prefix(node, element);
    bool stored = attributes(node, element, row);
    if (element.flag) {
      row.set(*element.flag, "1");
      stored = true;
    }
    return children(node, element, row) || stored;
  }

  bool attributes(const Node& node, const Element& element, Row& row) {
    std::size_t expected = 0;
    bool in_order = true;
    bool other_spelling = false;
    std::vector<std::size_t> found;  // the attributes that have a place in the layout
    for (std::size_t i = 0; i < node.attribute_count; ++i) {
      const xml::Attribute& attribute = node.attributes[i];
      if (is_among(element.marks->secret_attributes, attribute.name)) {
        if (sink_) (*sink_)({path_ + "/@" + std::string(attribute.name), attribute.value, Leaf::Kept::kSecret, "", ""});
        continue;
      }
      const std::optional<std::string_view> prefix = declared_prefix(attribute.name);
      const Column* known = prefix ? namespace_of(element, attribute.value) : nullptr;
      const std::size_t at = known    ? find_column(element, *known)
                             : prefix ? element.attributes.size()
                                      : find_attribute(element, attribute.name, expected);
      const Column* column = at < element.attributes.size() ? element.attributes[at].column : nullptr;
      if (known && !column) {
        found.push_back(i);
        in_order = false;
        continue;
      }
      if (!column || row.has(*column)) {
        add_vendor(row, element, VendorItem::Kind::kAttribute, static_cast<std::int64_t>(i), attribute.name,
                   to_json_string(attribute.value));
        if (!prefix) leaf("@", attribute.name, attribute.value, nullptr);
        continue;
      }
      row.set(*column, attribute.value);
      if (!prefix) leaf("@", attribute.name, attribute.value, column);
      if (at < expected || (prefix && element.attributes[at].name != attribute.name)) in_order = false;
      expected = at + 1;
      found.push_back(i);
      other_spelling = other_spelling || !element.attributes[at].spellings.empty();
    }
    if (other_spelling) {
      for (const std::size_t i : found) {
        if (declared_prefix(node.attributes[i].name)) continue;
        const Attribute& known = element.attributes[find_attribute(element, node.attributes[i].name, 0)];
        if (!known.spellings.empty() && usual_spelling(known, row) != node.attributes[i].name) in_order = false;
      }
    }
    if (!in_order) {
      Layout::Order& order = layout_->at(element.relative_path);
      for (const std::size_t i : found) order.push_back(attribute_token(node.attributes[i], element));
    }
    if (node.last_single_quoted && found.size() < node.attribute_count && element.is_dumped())
      layout_->at(element.relative_path).emplace_back(Layout::kQuotes);
    return found.size() < node.attribute_count || std::any_of(found.begin(), found.end(), [&](std::size_t i) {
             return !declared_prefix(node.attributes[i].name);
           });
  }

  // Returns the attribute's token in a layout.
  static std::string attribute_token(const xml::Attribute& attribute, const Element& element) {
    const std::optional<std::string_view> prefix = declared_prefix(attribute.name);
    const Column* known = prefix ? namespace_of(element, attribute.value) : nullptr;
    if (known && (element.parent || known->relative_path.substr(1) != attribute.name))
      return declaration_token(*known, *prefix);
    return "@" + std::string(attribute.name);
  }

  static std::size_t find_column(const Element& element, const Column& column) {
    const auto found = std::find_if(element.attributes.begin(), element.attributes.end(),
                                    [&](const Attribute& attribute) { return attribute.column == &column; });
    return static_cast<std::size_t>(found - element.attributes.begin());
  }

  static std::size_t find_attribute(const Element& element, std::string_view name, std::size_t expected) {
    const std::size_t count = element.attributes.size();
    for (std::size_t step = 0; step < count; ++step) {
      std::size_t at = expected + step;
      if (at >= count) at -= count;
      const Attribute& attribute = element.attributes[at];
      if (attribute.name == name) return at;
      for (const Attribute::Spelling& other : attribute.spellings)
        if (other.name == name) return at;
    }
    return count;
  }

  bool children(const Node& node, const Element& element, Row& row) {
    const bool has_elements = [&] {
      for (const Node* child = node.first_child; child; child = child->next)
        if (child->is_element()) return true;
      return false;
    }();
    if (!has_elements) return text(node, element, row);

    const Node* child = node.first_child;
    // An element that libvirt does not have may stand behind the text of one whose text has a column (<name>web<x/>).
    if (const std::string_view value = element.text ? first_text(node) : ""; !xml::is_space(value)) {
      set_text(node, element, row, value);
      while (!child->is_element()) child = child->next;
    }
    std::vector<const Element*> order;
    Seen seen;
    std::size_t expected = 0;
    bool in_order = true;
    std::int64_t position = -1;
    for (; child; child = child->next) {
      if (child->is_text()) {
        if (xml::is_space(child->text)) continue;
        ++position;
        add_vendor(row, element, VendorItem::Kind::kText, position, "", to_json_string(child->text));
        leaf("", "text()", child->text, nullptr);
        continue;
      }
      if (!child->is_element()) continue;
      if (is_among(element.marks->secret_children, child->name)) {
        enter(child->name);
        leaves_below(*child, Leaf::Kept::kSecret, "", "", true);
        leave(child->name);
        continue;
      }
      ++position;
      const std::size_t at = find_child(element, *child, seen, expected);
      if (at == element.children.size()) {
        add_vendor(row, element, VendorItem::Kind::kElement, position, child->name, to_json(*child));
        enter(child->name);
        leaves_below(*child, Leaf::Kept::kVendor, "vendor_options", "value_json", true);
        leave(child->name);
        continue;
      }
      if (at < expected) in_order = false;
      expected = at;
      seen.set(at);
      const Element& known = *element.children[at];
      order.push_back(&known);
      enter(child->name);
      if (known.table) {
        Row* made = this->row(*child, known);
        if (is_duplicate(*made)) {
          // A {unique} value that is there twice, which libvirt refuses: kept as a vendor item, not as a row.
          add_vendor(row, element, VendorItem::Kind::kElement, position, child->name, to_json(*child));
          order.pop_back();
        } else {
          row.children[known.child_slot].append(made);
        }
      } else if (!fill(*child, known, row)) {
        layout_->say_empty(known.relative_path);
      }
      leave(child->name);
    }
    if (!in_order) {
      Layout::Order& tokens = layout_->at(element.relative_path);
      for (const Element* known : order) tokens.emplace_back(known->token);
    }
    return true;
  }

  using Seen = std::bitset<kMaxChildren>;

  // Returns the URI that the prefix stands for at the node; empty if it stands for none. The nearest declaration
  // counts, also one above the root: a <domain> may stand in a <domstatus>. Those of the root are looked up, because
  // there can be thousands.
  std::string_view uri_in_scope(const Node& node, std::string_view prefix) const {
    for (const Node* at = &node; at; at = at->parent) {
      if (at == root_node_) {
        if (const auto found = root_uris_.find(prefix); found != root_uris_.end()) return found->second;
        continue;
      }
      for (std::size_t i = 0; i < at->attribute_count; ++i)
        if (declared_prefix(at->attributes[i].name) == prefix) return at->attributes[i].value;
    }
    return {};
  }

  // Returns the URI of the namespace that `child` is in. `element` is the element around it.
  std::string_view uri_of(const Node& child, const Element& element) const {
    if (const std::string_view prefix = prefix_of(child.name); !prefix.empty()) return uri_in_scope(child, prefix);
    if (const std::string_view own = child.attribute("xmlns"); own.data()) return own;
    // Outside of elements in a namespace, the default namespace is the root's.
    return element.declaration ? uri_in_scope(child, "") : own_namespace_;
  }

  const std::string_view* root_prefix_of(const Column& declaration) const {
    for (const auto& [known, prefix] : root_prefixes_)
      if (known == &declaration) return &prefix;
    return nullptr;
  }

  // Keeps the prefix of an element in a namespace, in the layout, if generation would write another one.
  void spell_prefix(const Node& node, const Element& element) {
    const std::string_view prefix = prefix_of(node.name);
    if (element.parent && element.parent->declaration == element.declaration) {
      if (prefix == prefix_of(node.parent->name)) return;
    } else if (const std::string_view* usual = root_prefix_of(*element.declaration); usual && *usual == prefix) {
      return;
    }
    layout_->at(element.relative_path).push_back(prefix_token(prefix));
  }

  // Returns the index in element.children of the catalog's element for the node. If there is none, or it may be there
  // only once and was seen, returns the index of `*`, or children.size() if the element has no `*`.
  std::size_t find_child(const Element& element, const Node& node, const Seen& seen, std::size_t expected) const {
    const std::size_t count = element.children.size();
    const std::string_view uri = uri_of(node, element);
    const bool foreign = uri != own_namespace_;
    std::size_t any = count;
    for (std::size_t step = 0; step < count; ++step) {
      std::size_t at = expected + step;
      if (at >= count) at -= count;
      const Element& child = *element.children[at];
      if (child.any_name) any = at;
      if (seen[at] && !child.many) continue;
      if (child.declaration) {
        if (!foreign || uri != child.declaration->marks->namespace_uri ||
            local_name(child.name) != local_name(node.name))
          continue;
      } else if (foreign || child.name != node.name) {
        continue;
      }
      if (!child.condition_attribute.empty() &&
          (node.attribute(child.condition_attribute) == child.condition_value) == child.condition_negated)
        continue;
      if (child.occurrence > 1 && !is_next_occurrence(element, child, seen)) continue;
      return at;
    }
    return any;
  }

  // Whether the element before `name#n`, `name#(n-1)`, was seen.
  static bool is_next_occurrence(const Element& element, const Element& child, const Seen& seen) {
    for (std::size_t at = 0; at < element.children.size(); ++at) {
      const Element& other = *element.children[at];
      if (other.name == child.name && std::max<std::size_t>(other.occurrence, 1) + 1 == child.occurrence)
        return seen[at];
    }
    return false;
  }

  // Returns the text before the first child element, as one; without data if there is none.
  std::string_view first_text(const Node& node) {
    std::string_view value;
    std::string joined;
    for (const Node* child = node.first_child; child && !child->is_element(); child = child->next) {
      if (!child->is_text()) continue;
      if (!value.data()) {
        value = child->text;
      } else {
        joined.append(joined.empty() ? value : std::string_view()).append(child->text);
        value = joined;
      }
    }
    return joined.empty() ? value : arena_.copy(joined);
  }

  // Stores the text in its column. REQUIRES: the element's text has one; `value` has data.
  void set_text(const Node& node, const Element& element, Row& row, std::string_view value) {
    row.set(*element.text, value);
    if (has_raw_quotes(node)) layout_->at(element.relative_path).emplace_back(Layout::kQuotes);
    if (!value.empty()) leaf("", "text()", value, element.text);
  }

  // Stores the text of an element without child elements. Returns whether there is any.
  bool text(const Node& node, const Element& element, Row& row) {
    std::string_view value = first_text(node);
    if (element.text) {
      // <title/>: nothing else in the row says that the element is there, so its text is '', not NULL.
      if (!value.data() && node.attribute_count == 0 && !element.table) value = "";
      if (!value.data()) return false;
      set_text(node, element, row, value);
      return true;
    }
    if (!value.data()) return false;
    if (xml::is_space(value)) {
      // White space says nothing, but the layout keeps it so that the bytes come back.
      layout_->at(element.relative_path).emplace_back(value);
      return true;
    }
    add_vendor(row, element, VendorItem::Kind::kText, 0, "", to_json_string(value));
    leaf("", "text()", value, nullptr);
    return true;
  }

  // Whether an earlier row of the same table has the same value in a {unique} column.
  bool is_duplicate(const Row& row) {
    for (const auto& column : row.element->table->columns)
      if (column->unique && !row.get(*column).empty() && !unique_.emplace(column, row.get(*column)).second) return true;
    return false;
  }

  // Stores a `*` row: the whole element as JSON.
  void whole(const Node& node, const Element& element, Row& row) {
    std::size_t level = 0;
    for (const Node* at = node.parent; at; at = at->parent) ++level;
    row.set(*element.json, arena_.copy(to_json(node, level)));
    if (has_single_quotes(node)) layout_->at("").emplace_back(Layout::kQuotes);
    leaves_below(node, Leaf::Kept::kJson, element.table->name, element.json->name, true);
  }

  void add_vendor(Row& row, const Element& element, VendorItem::Kind kind, std::int64_t position, std::string_view name,
                  const std::string& value_json) {
    auto* item = arena_.make<VendorItem>();
    item->kind = kind;
    item->path = element.relative_path;
    item->position = position;
    item->name = name;
    item->value_json = arena_.copy(value_json);
    row.add(item);
  }

  void leaf(std::string_view sigil, std::string_view name, std::string_view value, const Column* column) {
    if (!sink_) return;
    const std::string path = path_ + "/" + std::string(sigil) + std::string(name);
    if (column)
      (*sink_)({path, value, Leaf::Kept::kColumn, column->table->name, column->name});
    else
      (*sink_)({path, value, Leaf::Kept::kVendor, "vendor_options", "value_json"});
  }

  void leaves_below(const Node& node, Leaf::Kept kept, std::string_view table, std::string_view column, bool top) {
    if (!sink_) return;
    if (!top) enter(node.name);
    for (std::size_t i = 0; i < node.attribute_count; ++i)
      if (!xml::declares_namespace(node.attributes[i].name))
        (*sink_)({path_ + "/@" + std::string(node.attributes[i].name), node.attributes[i].value, kept, table, column});
    for (const Node* child = node.first_child; child; child = child->next) {
      if (child->is_element())
        leaves_below(*child, kept, table, column, false);
      else if (child->is_text() && !xml::is_space(child->text))
        (*sink_)({path_ + "/text()", child->text, kept, table, column});
    }
    if (!top) leave(node.name);
  }

  Arena& arena_;
  const LeafSink* sink_;
  std::string path_;
  Layout* layout_ = nullptr;
  std::string_view own_namespace_;  // the default namespace of the root, which libvirt's own elements are in
  const Node* root_node_ = nullptr;
  std::unordered_map<std::string_view, std::string_view> root_uris_;       // of the root's declarations, by prefix
  std::vector<std::pair<const Column*, std::string_view>> root_prefixes_;  // of the namespaces that the root declares
  std::set<std::pair<const Column*, std::string_view>> unique_;
};

}  // namespace

Row* shred(const Node& tree, const Element& root, Arena& arena, const LeafSink* sink) {
  if (tree.name != root.name)
    throw xml::Error("the XML is a <" + std::string(tree.name) + ">, not a <" + root.name + ">");
  ++work.shreds;
  Shredder shredder(tree, arena, sink);
  shredder.enter(tree.name);
  return shredder.document(tree, root);
}

}  // namespace virtsql
