// Shredding: an XML tree into rows, as the catalog says.
#pragma once

#include <functional>
#include <string_view>

#include "core/rows/row.h"
#include "core/xml/xml.h"

namespace virtsql {

// Where one attribute or text of a document is kept; what xml_leaves() lists.
struct Leaf {
  enum class Kept { kColumn, kJson, kVendor, kSecret };
  std::string_view path;  // /domain/devices/disk/driver/@cache, /domain/name/text()
  std::string_view value;
  Kept kept = Kept::kVendor;
  std::string_view table;  // vendor_options for what has no column; empty where it is a secret: it is not kept
  std::string_view column;
};
using LeafSink = std::function<void(const Leaf&)>;

// The document as a row of the root's table, with everything below it; lives in the arena, as do the values.
// `root` must describe the tree's root element (checked: throws xml::Error). Nothing of the tree is lost: what the
// catalog does not know becomes VendorItems, an order that is not the catalog's becomes layouts.
// Every attribute and text is reported to `sink` where there is one.
Row* shred(const xml::Node& tree, const Element& root, Arena& arena, const LeafSink* sink = nullptr);

}  // namespace virtsql
