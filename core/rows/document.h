// One document, as bytes, tree, rows and generated XML.
#pragma once

#include <cassert>
#include <string>
#include <string_view>

#include "core/base/arena.h"
#include "core/rows/row.h"
#include "core/rows/shred.h"
#include "core/xml/xml.h"

namespace virtsql {

// The root element of the status file that libvirt keeps of a running VM.
inline constexpr std::string_view kStatus = "domstatus";

// Returns the document inside an envelope: the envelope's last child element, or the envelope if it has no child
// element. Envelopes are <hookData>, which the network hook is given, with the network and perhaps one of its ports
// behind it; and <domstatus>, libvirt's status of a running VM, whose last element is the VM. Any other root is the
// document itself and is returned as it is.
const xml::Node& unwrapped(const xml::Node& root);

// Everything that is known of one document. Each form is computed when it is first asked for, and then kept.
//
//   1. parse() reads bytes into the tree. If there are no bytes, the caller loads rows from the database into arena()
//      and passes them to set_rows().
//   2. shred() makes rows of the tree, or of a part of it.
//   3. A caller that changes rows (adds an identity that the document lacks, gives a clone its name) must then call
//      rows_changed(), which drops what was computed from the old rows.
//   4. xml() is the XML that the rows give, digest() its SHA-256. gives() compares the XML with the captured bytes.
//   5. definition_xml() is the part of the XML that `virsh define` takes. definition() is the definition as rows, for
//      comparing them with those of other documents. take_definition() replaces the document's rows with its
//      definition.
//
// Steps 1 and 2 throw xml::Error. After that the document must be discarded. Steps 3 to 5 need rows.
class Document {
 public:
  Document() = default;

  // Does steps 1 and 2, of the document inside if the bytes are an envelope. Throws xml::Error if its root element is
  // not `root`.
  Document(std::string_view bytes, const Element& root) {
    parse(bytes);
    shred(unwrapped(tree()), root);
  }

  // Step 1. Throws xml::Error.
  void parse(std::string_view bytes) { tree_ = xml::Document::parse(bytes); }
  // The root of the tree. REQUIRES: step 1.
  const xml::Node& tree() const { return *tree_.root(); }

  // Step 2. `node` is the tree's root or a node below it. `sink`, if given, gets every attribute and text.
  void shred(const xml::Node& node, const Element& root, const LeafSink* sink = nullptr) {
    part_ = &node;
    set_rows(virtsql::shred(node, root, arena_, sink));
  }

  // The arena for rows, and for their values, that a caller loads or adds.
  Arena& arena() { return arena_; }
  bool has_rows() const { return rows_ != nullptr; }
  // The row of the root. REQUIRES: has_rows(). Whoever changes rows calls rows_changed() afterwards.
  Row& rows() {
    assert(rows_);
    return *rows_;
  }
  const Row& rows() const {
    assert(rows_);
    return *rows_;
  }
  // `rows` is the row of a root, or nullptr.
  void set_rows(Row* rows) {
    rows_ = rows;
    rows_changed();
  }
  // Drops what was computed from the rows.
  void rows_changed();

  // Steps 4 and 5; each text and digest is made at the first call and is valid until the rows change. REQUIRES:
  // has_rows(). Throws RowError for a row that no XML can say.
  const std::string& xml();
  const std::string& digest();
  // Sets the digest of xml() for a caller that has it already. REQUIRES: it is that digest.
  void set_digest(const std::string& digest);
  // Whether the rows give the root element of `bytes`, which were parsed. White space, an XML declaration, comments and
  // instructions around the root element do not count: libvirt writes a comment before it in its own files. If the rows
  // are of a part of the tree (the network in the network hook's <hookData>), the envelope around them must come out
  // the same as well. Of a <domstatus>, only its <domain> counts, as libvirt indents it: no row keeps the rest, which
  // is libvirt's own.
  bool gives(std::string_view bytes);

  Row& definition();
  const std::string& definition_xml();
  void take_definition();

 private:
  // The whole tree in libvirt's format, with the rows' XML in place of the part that was shredded.
  std::string enveloped() const;

  Arena arena_;
  xml::Document tree_;
  const xml::Node* part_ = nullptr;  // the node that was shredded; nullptr: none
  Row* rows_ = nullptr;
  Row* definition_ = nullptr;
  std::string xml_, digest_, definition_xml_;  // empty: not made yet
};

}  // namespace virtsql
