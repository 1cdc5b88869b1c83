// One difference between two documents, and a list of differences as JSON. core/rows/diff.h finds them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace virtsql {

struct Difference {
  enum class Change { kAdded, kRemoved, kChanged, kMoved };
  Change change = Change::kChanged;
  std::string device;                // attachment_indices.device_type of the device that it is in; empty: in none
  std::string key;                   // what identifies the row: vda; 52:54:00:00:00:01; a row within a row: vda/ceph1
  std::string path;                  // of the value or element, as the document spells it (xml_leaves.path)
  std::string old_value, new_value;  // whole element: its XML; moved element: its place in its list, from 0
  bool has_old = false, has_new = false;
};

// Returns added, removed, changed or moved.
std::string_view change_name(Difference::Change change);

// Returns the difference that a whole document of the root was added (it is new) or removed (its definition is gone).
// undefined_difference() returns the latter.
Difference whole_document(Difference::Change change, std::string_view root);
inline Difference undefined_difference(std::string_view root = "domain") {
  return whole_document(Difference::Change::kRemoved, root);
}

// Returns the differences as a JSON array of objects with the members change, device, key, path, old, new. Members
// without a value are left out.
std::string to_json(const std::vector<Difference>& differences);

}  // namespace virtsql
