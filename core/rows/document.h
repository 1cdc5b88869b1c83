// One document, as bytes, tree, rows and generated XML.
#pragma once

#include <string>
#include <string_view>

#include "core/base/arena.h"
#include "core/rows/row.h"
#include "core/rows/shred.h"
#include "core/xml/xml.h"

namespace virtsql {

// Everything that is known of one document. Each form is made when it is first asked for, and once.
//
//   1. Bytes are read: parse() makes the tree. Or there are none: the rows come from the database, into arena(), and
//      go to set_rows().
//   2. shred() makes rows of the tree, or of a part of it.
//   3. Whoever wants other rows changes them (an identity that the document lacks, a clone's new name) and says so:
//      rows_changed().
//   4. xml() is what the rows give, digest() its SHA-256; gives() compares it with the bytes that came.
//   5. definition_xml() is what of the rows `virsh define` takes, definition() the rows of it as they are compared with
//      those of other documents. take_definition() makes what is to be defined the document's rows.
//
// Steps 1 and 2 throw xml::Error; afterwards the document is to be thrown away. Steps 3 to 5 need rows.
class Document {
 public:
  Document() = default;

  // Steps 1 and 2 of a document whose root must be the given one.
  Document(std::string_view bytes, const Element& root) {
    parse(bytes);
    shred(tree(), root);
  }

  void parse(std::string_view bytes) { tree_ = xml::Document::parse(bytes); }
  // The root of the tree.
  const xml::Node& tree() const { return *tree_.root(); }

  // `node` is the tree's root or below it; `sink` as shred() takes it.
  void shred(const xml::Node& node, const Element& root, const LeafSink* sink = nullptr) {
    part_ = &node;
    set_rows(virtsql::shred(node, root, arena_, sink));
  }

  // Where rows that belong to the document, and their values, are to live.
  Arena& arena() { return arena_; }
  bool has_rows() const { return rows_ != nullptr; }
  Row& rows() { return *rows_; }
  const Row& rows() const { return *rows_; }
  // The row of a root, or nullptr.
  void set_rows(Row* rows) {
    rows_ = rows;
    rows_changed();
  }
  void rows_changed();

  const std::string& xml();
  const std::string& digest();
  // For whoever has the digest of xml() already.
  void know_digest(const std::string& digest);
  // Whether xml() is these bytes, or the rows' part of them if they are only of a part of the tree, of an envelope that
  // says nothing itself (the network hook's <hookData>); a line end after the root element, which not everybody writes,
  // may be missing.
  bool gives(std::string_view bytes);

  Row& definition();
  const std::string& definition_xml();
  void take_definition();

 private:
  // The whole tree in libvirt's format, with what the rows give in place of their part.
  std::string enveloped() const;

  Arena arena_;
  xml::Document tree_;
  const xml::Node* part_ = nullptr;  // of the tree that the rows are of
  Row* rows_ = nullptr;
  Row* definition_ = nullptr;
  std::string xml_, digest_, definition_xml_;  // empty: not made yet
};

}  // namespace virtsql
