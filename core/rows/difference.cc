#include "core/rows/difference.h"

#include <boost/json.hpp>
#include <utility>

namespace virtsql {

std::string_view change_name(Difference::Change change) {
  switch (change) {
    case Difference::Change::kAdded:
      return "added";
    case Difference::Change::kRemoved:
      return "removed";
    case Difference::Change::kMoved:
      return "moved";
    case Difference::Change::kChanged:
      break;
  }
  return "changed";
}

Difference whole_document(Difference::Change change, std::string_view root) {
  Difference difference;
  difference.change = change;
  difference.path = "/" + std::string(root);
  return difference;
}

std::string to_json(const std::vector<Difference>& differences) {
  boost::json::array out;
  for (const Difference& difference : differences) {
    boost::json::object object;
    object["change"] = change_name(difference.change);
    if (!difference.device.empty()) object["device"] = difference.device;
    if (!difference.key.empty()) object["key"] = difference.key;
    object["path"] = difference.path;
    if (difference.has_old) object["old"] = difference.old_value;
    if (difference.has_new) object["new"] = difference.new_value;
    out.push_back(std::move(object));
  }
  return boost::json::serialize(out);
}

}  // namespace virtsql
