// Shredding: makes rows of an XML tree, as the catalog says.
#pragma once

#include <functional>
#include <string_view>

#include "core/rows/row.h"
#include "core/xml/xml.h"

namespace virtsql {

// Where one attribute or text of a document is kept. xml_leaves() lists these.
struct Leaf {
  enum class Kept { kColumn, kJson, kVendor, kSecret };
  std::string_view path;  // /domain/devices/disk/driver/@cache, /domain/name/text()
  std::string_view value;
  Kept kept = Kept::kVendor;
  std::string_view table;  // vendor_options if there is no column; empty for a secret, which is not kept
  std::string_view column;
};
using LeafSink = std::function<void(const Leaf&)>;

// Returns the document as a row of the root's table, with all rows below it. The rows live in the arena; most of their
// values are views of the tree's, so the memory of the tree must outlive the rows.
// Throws xml::Error if the tree's root element does not have the name of `root`. No element, attribute or text is lost,
// except secrets and indentation: what the catalog does not know becomes VendorItems, an order that is not the
// catalog's becomes a layout. Comments and processing instructions are kept only inside what is kept whole as JSON.
// `sink`, if given, gets every attribute and text.
Row* shred(const xml::Node& tree, const Element& root, Arena& arena, const LeafSink* sink = nullptr);

}  // namespace virtsql
