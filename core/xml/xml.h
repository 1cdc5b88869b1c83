// XML: a hardened reader into a small tree, and a writer in libvirt's format.
//
// The tree keeps qualified names as they are spelled and attributes (namespace declarations among them) in their
// order, which libxml2's own tree does not. Everything lives in the document's arena.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/arena.h"

namespace virtsql::xml {

// The document was refused; what() says what was met, where, and the limit if it is one.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

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
  // How the source spelled what its content does not tell.
  bool raw_quotes = false;     // of a text: it has ' or " as they are, where libvirt writes &apos; and &quot;
  bool single_quoted = false;  // of an element: its attributes are in single quotes

  bool is_element() const { return kind == Kind::kElement; }
  // Text or CDATA.
  bool is_text() const { return kind == Kind::kText || kind == Kind::kCdata; }
  // The attribute's value, or a view without data where there is none.
  std::string_view attribute(std::string_view attribute_name) const;
};

// Whether text is only what XML calls white space.
bool is_space(std::string_view text);

// Whether the text is a name that XML 1.0 allows (section 2.3; it may have any number of colons).
bool is_name(std::string_view text);

// Throws Error for a text that no XML can have: control characters, what is no UTF-8, surrogates, U+FFFE, U+FFFF.
void check_text(std::string_view text);

// The limits of the reader: no document of libvirt comes near them.
inline constexpr std::size_t kMaxBytes = 16U << 20U;
inline constexpr std::size_t kMaxDepth = 256;
inline constexpr std::size_t kMaxNodes = 1U << 20U;

class Document {
 public:
  // Reads a document. No network, no DTD, no entities beyond XML's five, bounded in size, depth and nodes.
  // Throws Error.
  static Document parse(std::string_view bytes);

  // An empty document to build a tree in.
  Document() = default;

  const Node* root() const { return root_; }
  void set_root(Node* root) { root_ = root; }
  Arena& arena() { return arena_; }

  // Whether anything but one tree of elements was met: a declaration, comments, processing instructions.
  bool has_extras() const { return has_extras_; }

 private:
  friend struct Builder;
  Arena arena_;
  Node* root_ = nullptr;
  bool has_extras_ = false;
};

// Adds a child to a node under construction.
void append(Node& parent, Node& child);

// Writes XML as libvirt's formatter does (virBuffer): two spaces a level, single quotes, its escapes, `<x/>` for what
// is empty. Attributes and texts that no XML can have are refused: they throw Error. Names are the caller's to check.
// Verbatim subtrees are written as libxml2's serializer writes them (double quotes, white space as it is).
class Writer {
 public:
  explicit Writer(std::size_t level = 0) : level_(level) {}

  void open(std::string_view name);
  void attribute(std::string_view name, std::string_view value);
  // The same as libxml2 writes it.
  void dumped_attribute(std::string_view name, std::string_view value);
  // The element's text; it then has no children. `raw_quotes`: ' and " are written as they are.
  void text(std::string_view value, bool raw_quotes = false);
  void close();
  // Of the element that was just opened: an empty line comes before each of its children, and before its end.
  void space_children() { spaced_level_ = level_; }

  // A whole element in libvirt's format. One that mixes text with elements keeps its white space.
  void element(const Node& node, bool dumps_foreign = false);
  // A whole element as libxml2 writes it, or with single quotes around attributes.
  void verbatim(const Node& node, bool single_quotes = false);
  // The attributes and children of the node in libvirt's format, into the element that is open. With `dumps_foreign`
  // an element below that declares a namespace which is not libvirt's is written as libxml2 writes it, as libvirt has
  // it write metadata.
  void contents(const Node& node, bool dumps_foreign = false);
  // Text between elements, with its own white space in place of indentation.
  void stray_text(std::string_view value);

  // A state to go back to, where an element turned out to be empty. Only with no element closed since that was open.
  struct Mark {
    std::size_t size;
    bool tag_open;
    bool has_text;
  };
  Mark mark() const { return {out_.size(), tag_open_, has_text_}; }
  void rewind(const Mark& mark);
  // Adds an attribute at a mark that was set in its element's start tag, behind the attributes. Marks set later are
  // void.
  void insert_attribute(const Mark& mark, std::string_view name, std::string_view value);

  // The document so far. Call when everything is closed.
  std::string take() { return std::move(out_); }
  const std::string& str() const { return out_; }

 private:
  void finish_tag();
  void indent();

  std::string out_;
  std::vector<std::string_view> open_;
  std::size_t level_;
  std::size_t spaced_level_ = 0;  // where empty lines stand between elements; 0: nowhere
  bool tag_open_ = false;         // <name ... is written, its > not yet
  bool has_text_ = false;
  bool placed_ = false;  // what comes next stands behind stray text, where it is
};

}  // namespace virtsql::xml
