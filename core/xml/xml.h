// A hardened XML reader that makes a small tree. core/xml/writer.h writes such a tree.
//
// The tree keeps qualified names as they are spelled and attributes (namespace declarations among them) in their
// order, which libxml2's own tree does not. Everything lives in the document's arena.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/base/arena.h"
#include "core/xml/characters.h"
#include "core/xml/error.h"

namespace virtsql::xml {

struct Attribute {
  std::string_view name;  // qualified, as spelled
  std::string_view value;
};

struct Node {
  enum class Kind { kElement, kText, kCdata, kComment, kInstruction };
  Kind kind = Kind::kElement;
  std::string_view name;  // of an element or a processing instruction
  std::string_view text;  // of everything but elements
  Attribute* attributes = nullptr;
  std::size_t attribute_count = 0;
  Node* parent = nullptr;
  Node* first_child = nullptr;
  Node* last_child = nullptr;
  Node* next = nullptr;
  // How the source spelled the node, as far as its content does not tell.
  bool raw_quotes = false;  // of a text: the source has ' or " itself, for which libvirt writes &apos; or &quot;
  bool last_single_quoted = false;  // of an element: its last attribute is in single quotes

  bool is_element() const { return kind == Kind::kElement; }
  // Text or CDATA.
  bool is_text() const { return kind == Kind::kText || kind == Kind::kCdata; }
  // Whether a text stands directly below it.
  bool has_text() const {
    for (const Node* child = first_child; child; child = child->next)
      if (child->is_text()) return true;
    return false;
  }
  // Returns the attribute's value, or a view without data if the node has no such attribute.
  std::string_view attribute(std::string_view attribute_name) const;
};

// Returns the first child element of this name; nullptr if there is none, or if `node` is nullptr.
const Node* child(const Node* node, std::string_view name);

// The limits of the reader: no document of libvirt comes near them.
inline constexpr std::size_t kMaxBytes = 16U << 20U;
inline constexpr std::size_t kMaxDepth = 256;

// An element has this many attributes at most; those of libvirt have some twenty. libxml2 compares each with all before
// it, so that a tag of 300,000 would take minutes.
inline constexpr std::size_t kMaxAttributes = 4096;
inline constexpr std::size_t kMaxNodes = 1U << 20U;

class Document {
 public:
  // Reads a document: no network, no DTD, no entities beyond XML's five; size, depth and nodes are limited. Throws
  // Error if the document is refused, std::bad_alloc if memory runs out.
  static Document parse(std::string_view bytes);

  // An empty document to build a tree in.
  Document() = default;

  const Node* root() const { return root_; }
  Arena& arena() { return arena_; }

 private:
  friend struct Builder;
  Arena arena_;
  Node* root_ = nullptr;
};

// Whether an attribute of this name declares a namespace (https://www.w3.org/TR/xml-names/): xmlns, or xmlns:prefix.
inline bool declares_namespace(std::string_view attribute) {
  return attribute.starts_with("xmlns") && (attribute.size() == 5 || attribute[5] == ':');
}

// Adds a child behind the other children of a node under construction.
void append(Node& parent, Node& child);

}  // namespace virtsql::xml
