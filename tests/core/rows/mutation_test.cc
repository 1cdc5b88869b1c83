// Single mutations of documents: the difference is exactly the mutation, and nothing else.
//
// Each attribute, text and element of libvirt's own documents (tests/documents) is changed, removed and added;
// neighbours swap places; sizes are spelled in another unit. The catalog tells what the difference must be: one changed
// value; if the value identifies a row, one removed and one added row; for a swap nothing, or one moved row if the
// order has a meaning.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>

#include "core/rows/diff.h"
#include "core/rows/document.h"
#include "core/xml/writer.h"
#include "core/xml/xml.h"
#include "tests/core/documents.h"

namespace virtsql {
namespace {

using Change = Difference::Change;
using xml::Node;

const Element& domain() { return Catalog::standard().root("domain"); }

std::string path_of(const Node& node) {
  return (node.parent ? path_of(*node.parent) : "") + "/" + std::string(node.name);
}

std::string text_of(const Node& root) {
  xml::Writer writer;
  writer.element(root, true);
  return writer.take();
}

std::string shown(const std::vector<Difference>& differences) {
  std::string out;
  for (const Difference& one : differences)
    out += "  " + std::string(change_name(one.change)) + " " + one.path + ": " + one.old_value + " -> " +
           one.new_value + "\n";
  return out.empty() ? "  nothing\n" : out;
}

// Whether the path is that of the element or of something in it.
bool is_in(const std::string& path, const std::string& element) {
  return path == element || path.starts_with(element + "/");
}

class Mutations {
 public:
  explicit Mutations(const std::string& name) : name_(name), text_(test::read_document(name)) {
    tree_ = xml::Document::parse(text_);
    original_ = text_of(*tree_.root());
    rows_ = std::make_unique<Document>(original_, domain());
  }

  void run() {
    Node& root = const_cast<Node&>(*tree_.root());
    walk(root);
  }
  std::size_t count() const { return count_; }
  const std::map<std::string, std::size_t>& kinds() const { return kinds_; }

 private:
  void walk(Node& node) {
    attributes(node);
    text(node);
    swaps(node);
    for (Node* child = node.first_child; child; child = child->next) {
      if (!child->is_element()) continue;
      element(node, *child);
      walk(*child);
    }
  }

  // Returns the differences from the original to the document as it is now, and those the other way round.
  std::pair<std::vector<Difference>, std::vector<Difference>> differences() {
    const Document changed(text_of(*tree_.root()), domain());
    return {diff(rows_->rows(), changed.rows(), DiffMode::kAll), diff(changed.rows(), rows_->rows(), DiffMode::kAll)};
  }

  void fail(const std::string& what, const std::vector<Difference>& got) {
    ADD_FAILURE() << name_ << ": " << what << " gives\n" << shown(got);
  }

  // Expects that one value differs: the difference is at its place. Or, if the value identifies a row or decides what
  // the row is, the row around it is removed and added.
  void expect_value(const std::string& what, const std::string& path, const std::string& kind) {
    ++count_;
    ++kinds_[kind];
    const auto [there, back] = differences();
    for (const auto* got : {&there, &back}) {
      bool itself = got->size() == 1 && (got->front().path == path || is_size_of(path, got->front().path));
      // Elements in <metadata> are stored whole, so the difference shows the whole element.
      if (got->size() == 1 && got->front().change == Change::kChanged && path.starts_with("/domain/metadata/"))
        itself = is_in(path, got->front().path);
      // An element without @state still means `on` by being there, so the difference has the path of the element.
      if (got->size() == 1 && got->front().change == Change::kChanged && path == got->front().path + "/@state")
        itself = got->front().old_value == "on" || got->front().new_value == "on";
      if (!itself && got->size() == 2) {
        const Difference& one = (*got)[0];
        const Difference& other = (*got)[1];
        itself = one.change != other.change && (one.change == Change::kRemoved || one.change == Change::kAdded) &&
                 (other.change == Change::kRemoved || other.change == Change::kAdded) && is_in(path, one.path) &&
                 one.path == other.path;
      }
      if (!itself) fail(what, *got);
    }
  }

  // Whether `path` is the place of the size that has its unit at `unit`. A difference of a unit has the path of its
  // size.
  static bool is_size_of(const std::string& unit, const std::string& path) {
    if (!unit.ends_with("/@unit")) return false;
    const std::string element = unit.substr(0, unit.size() - 6);
    return path == element + "/text()" || path.substr(0, path.rfind("/@")) == element;
  }

  void expect_nothing(const std::string& what, const std::string& kind) {
    ++count_;
    ++kinds_[kind];
    const auto [there, back] = differences();
    if (!there.empty()) fail(what, there);
    if (!back.empty()) fail(what, back);
  }

  void attributes(Node& node) {
    for (std::size_t i = 0; i < node.attribute_count; ++i) {
      xml::Attribute& attribute = node.attributes[i];
      if (xml::declares_namespace(attribute.name)) continue;
      const std::string path = path_of(node) + "/@" + std::string(attribute.name);
      const std::string_view old = attribute.value;
      const std::string changed = other_value(old);
      attribute.value = changed;
      expect_value(path + "=" + changed, path, "attribute changed");
      attribute.value = old;
      if (!node.parent && attribute.name == "type") continue;
      // removed
      const xml::Attribute kept = attribute;
      for (std::size_t j = i; j + 1 < node.attribute_count; ++j) node.attributes[j] = node.attributes[j + 1];
      --node.attribute_count;
      if (is_default(kept, node))
        expect_nothing("without " + path, "unit");
      else
        expect_value("without " + path, path, "attribute away and come");
      ++node.attribute_count;
      for (std::size_t j = node.attribute_count - 1; j > i; --j) node.attributes[j] = node.attributes[j - 1];
      node.attributes[i] = kept;
      // in another order
      if (i + 1 < node.attribute_count) {
        std::swap(node.attributes[i], node.attributes[i + 1]);
        expect_nothing("attributes of " + path_of(node) + " in another order", "order of attributes");
        std::swap(node.attributes[i], node.attributes[i + 1]);
      }
      if (attribute.name == "unit") unit(node, attribute);
    }
  }

  // Whether the attribute has the value that it would have by default.
  static bool is_default(const xml::Attribute& attribute, const Node& node) {
    return attribute.name == "unit" && attribute.value == (node.name == "tseg" ? "MiB" : "KiB");
  }

  // Spells a size in another unit, which is no difference.
  void unit(Node& node, xml::Attribute& attribute) {
    if (!node.first_child || !node.first_child->is_text() || node.first_child->next || attribute.value != "KiB") return;
    const std::string_view old_text = node.first_child->text;
    const std::string bytes = std::to_string(std::stoull(std::string(old_text)) * 1024);
    node.first_child->text = bytes;
    attribute.value = "bytes";
    expect_nothing(path_of(node) + " in bytes", "unit");
    node.first_child->text = old_text;
    attribute.value = "KiB";
  }

  void text(Node& node) {
    Node* child = node.first_child;
    if (!child || child->next || !child->is_text() || xml::is_space(child->text)) return;
    if (path_of(node) == "/domain/uuid") return;
    const std::string path = path_of(node) + "/text()";
    const std::string_view old = child->text;
    const std::string changed = other_value(old);
    child->text = changed;
    expect_value(path + "=" + changed, path, "text changed");
    child->text = old;
  }

  // Removes the element and adds it again: all differences are of the element or of something in it.
  void element(Node& parent, Node& child) {
    const std::string path = path_of(child);
    Node* before = nullptr;
    for (Node* at = parent.first_child; at != &child; at = at->next) before = at;
    (before ? before->next : parent.first_child) = child.next;
    ++count_;
    ++kinds_["element away and come"];
    const auto [there, back] = differences();
    for (const auto& [got, change] : {std::pair(&there, Change::kRemoved), std::pair(&back, Change::kAdded)}) {
      const bool itself =
          !got->empty() && std::all_of(got->begin(), got->end(), [&, kind = change](const Difference& one) {
            return one.change == kind && is_in(one.path, path);
          });
      // Elements in <metadata> are stored whole, so the difference shows the whole element.
      if (path.starts_with("/domain/metadata/") && got->size() == 1 && is_in(path, got->front().path)) continue;
      if (!itself && says_something(child)) fail("without " + path, *got);
    }
    (before ? before->next : parent.first_child) = &child;
  }

  // Whether the element says anything: it is empty (which is a flag), or has an attribute, a text, or an element that
  // says something.
  static bool says_something(const Node& node) {
    if (node.attribute_count > 0 || !node.first_child) return true;
    for (const Node* child = node.first_child; child; child = child->next)
      if (child->is_text() ? !xml::is_space(child->text) : says_something(*child)) return true;
    return false;
  }

  // Swaps each two neighbours: they have moved if their order has a meaning, else nothing differs.
  void swaps(Node& node) {
    std::vector<Node*> children;
    for (Node* child = node.first_child; child; child = child->next)
      if (child->is_element()) children.push_back(child);
    for (std::size_t i = 0; i + 1 < children.size(); ++i) {
      std::swap(children[i], children[i + 1]);
      link(node, children);
      ++count_;
      const auto [there, back] = differences();
      const bool counts = std::string(children[i]->name) == std::string(children[i + 1]->name) &&
                          is_list(path_of(*children[i])) && text_of(*children[i]) != text_of(*children[i + 1]);
      ++kinds_[counts ? "order that counts" : "order"];
      for (const auto* got : {&there, &back}) {
        const bool itself = counts ? got->size() == 1 && got->front().change == Change::kMoved &&
                                         got->front().path == path_of(*children[i])
                                   : got->empty();
        if (!itself) fail("children " + path_of(*children[i]) + " and " + path_of(*children[i + 1]) + " swapped", *got);
      }
      std::swap(children[i], children[i + 1]);
      link(node, children);
    }
  }

  static void link(Node& node, const std::vector<Node*>& children) {
    node.first_child = nullptr;
    node.last_child = nullptr;
    for (Node* child : children) {
      child->next = nullptr;
      xml::append(node, *child);
    }
  }

  static bool is_list(const std::string& path) {
    const std::function<bool(const Element&)> search = [&](const Element& element) {
      if (element.path == path && (element.table || element.occurrence))
        return element.ordered || (element.occurrence && !element.unordered);
      if (!is_in(path, element.path)) return false;
      for (const Element* child : element.shape().children)
        if (search(*child)) return true;
      return false;
    };
    return search(domain());
  }

  // Returns another value of the same kind.
  static std::string other_value(std::string_view value) {
    if (value == "yes") return "no";
    if (value == "no") return "yes";
    if (value == "on") return "off";
    if (value == "off") return "on";
    // A longer value is hardly that of a neighbour.
    return std::string(value) + (value.empty() || (value.back() >= '0' && value.back() <= '9') ? "7" : "x");
  }

  std::string name_;
  std::string text_;
  xml::Document tree_;
  std::string original_;
  std::unique_ptr<Document> rows_;
  std::size_t count_ = 0;
  std::map<std::string, std::size_t> kinds_;
};

TEST(Mutations, EachIsReportedAsItselfAndNothingElse) {
  std::size_t count = 0;
  std::map<std::string, std::size_t> kinds;
  std::vector<std::string> names = test::document_names();
  for (const std::string& name : test::document_names("../core/rows/mutated")) names.push_back(name);
  for (const std::string& name : names) {
    Mutations mutations(name);
    mutations.run();
    count += mutations.count();
    for (const auto& [kind, times] : mutations.kinds()) kinds[kind] += times;
  }
  for (const auto& [kind, times] : kinds) RecordProperty(kind, static_cast<int>(times));
  for (const char* kind : {"attribute changed", "attribute away and come", "text changed", "element away and come",
                           "order", "order that counts", "order of attributes", "unit"})
    EXPECT_GT(kinds[kind], 0U) << kind;
  EXPECT_GE(count, 3500U);
}

}  // namespace
}  // namespace virtsql
