// Writes XML as libvirt's formatter does (virBuffer): two spaces a level, single quotes, its escapes, `<x/>` for what
// is empty. Attributes and texts that no XML can have are refused: they throw Error. Names are the caller's to check.
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

  void open(std::string_view name);
  void attribute(std::string_view name, std::string_view value);
  // The same as libxml2 writes it.
  void dumped_attribute(std::string_view name, std::string_view value);
  // The element's text; it then has no children. `raw_quotes`: ' and " are written as they are.
  void text(std::string_view value, bool raw_quotes = false);
  // Ends the start tag of an element that has no text and no children: close() then writes <x></x>.
  void both_tags();
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
