// Writes XML as libvirt's formatter (virBuffer) does: two spaces per level, single quotes, libvirt's escapes, `<x/>`
// for an empty element. Throws Error for an attribute or text that XML cannot have. Names are for the caller to check.
// Verbatim subtrees are written as libxml2's serializer writes them (double quotes, white space as it is).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/xml/xml.h"

namespace virtsql::xml {

class Writer {
 public:
  explicit Writer(std::size_t level = 0) : level_(level) {}

  // Begins an element inside the open one; writes an attribute of it. REQUIRES: the name lives until close();
  // attribute() comes before anything that is in the element.
  void open(std::string_view name);
  void attribute(std::string_view name, std::string_view value);
  // Writes the attribute as libxml2 does: in double quotes, with its escapes.
  void dumped_attribute(std::string_view name, std::string_view value);
  // Writes the open element's text, unless that is empty. Only element() and stray_text() may come behind it; both then
  // write without indentation. With `raw_quotes`, ' and " are written as they are.
  void text(std::string_view value, bool raw_quotes = false);
  // Ends the start tag of an element that has no text and no children: close() then writes <x></x>.
  void both_tags();
  // Ends the element that was opened last: as <x/> if nothing is in it.
  void close();
  // Call it directly after open(): an empty line then comes before each child of that element, and before its end tag.
  void space_children() { spaced_level_ = level_; }

  // Writes a whole element in libvirt's format. An element that mixes text with elements keeps its white space.
  // `dumps_foreign` is that of contents().
  void element(const Node& node, bool dumps_foreign = false);
  // Writes a whole element as libxml2 does. With `single_quotes`, its attributes are written as libvirt does.
  void verbatim(const Node& node, bool single_quotes = false);
  // Writes the attributes and children of the node, in libvirt's format, into the open element. With `dumps_foreign`,
  // an element below that declares a namespace which is not libvirt's is written as libxml2 does, because libvirt
  // leaves such metadata to libxml2.
  void contents(const Node& node, bool dumps_foreign = false);
  // Writes text between elements. Neither it nor what comes next is indented: its own white space stands there.
  void stray_text(std::string_view value);

  // A state to go back to if the element that is opened next turns out to be empty. REQUIRES, for rewind(): that
  // element is still open, and none that was open at the mark has been closed.
  struct Mark {
    std::size_t size;
    bool tag_open;
    bool has_text;
  };
  Mark mark() const { return {out_.size(), tag_open_, has_text_}; }
  void rewind(const Mark& mark);
  // Inserts an attribute at a mark that was set in the element's start tag, behind its other attributes. Marks that
  // were set later become invalid.
  void insert_attribute(const Mark& mark, std::string_view name, std::string_view value);

  // Returns the document, and takes it out of the writer. Call it when every element is closed.
  std::string take() { return std::move(out_); }
  const std::string& str() const { return out_; }

 private:
  void finish_tag();
  void indent();

  std::string out_;
  std::vector<std::string_view> open_;
  std::size_t level_;
  std::size_t spaced_level_ = 0;  // the level whose elements have empty lines around them; 0: none
  bool tag_open_ = false;         // <name ... is written, its > not yet
  bool has_text_ = false;
  bool after_stray_text_ = false;  // stray text was written last: what comes next is not indented
};

}  // namespace virtsql::xml
