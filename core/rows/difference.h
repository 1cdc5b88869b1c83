// One difference between two documents, and how a list of them is told as JSON. core/rows/diff.h finds them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace virtsql {

struct Difference {
  enum class Change { kAdded, kRemoved, kChanged, kMoved };
  Change change = Change::kChanged;
  std::string device;                // attachment_indices.device_type of the device that it is in; empty: in none
  std::string key;                   // what identifies the row: vda; 52:54:00:00:00:01; of rows in rows vda/ceph1
  std::string path;                  // of the value or element, as the document spells it (xml_leaves.path)
  std::string old_value, new_value;  // of a whole element its XML; of one that moved its place in its list, from 0
  bool has_old = false, has_new = false;
};

// added, removed, changed or moved.
std::string_view change_name(Difference::Change change);

// The difference of a whole document of the root that is new; of a definition of it that is no more.
Difference whole_document(Difference::Change change, std::string_view root);
inline Difference undefined_difference(std::string_view root = "domain") {
  return whole_document(Difference::Change::kRemoved, root);
}

// The differences as a JSON array of objects with the members change, device, key, path, old, new (those that there
// are).
std::string to_json(const std::vector<Difference>& differences);

}  // namespace virtsql
