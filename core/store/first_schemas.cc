#include "core/store/first_schemas.h"

#include <algorithm>

#include "core/base/letters.h"
#include "core/store/first_schemas_text.h"

namespace virtsql {
namespace {

// Takes the text up to the next `end` off the beginning of the text.
std::string_view take_until(std::string_view& text, char end) {
  const std::size_t length = std::min(text.find(end), text.size());
  const std::string_view out = text.substr(0, length);
  text.remove_prefix(std::min(length + 1, text.size()));
  return out;
}

std::string joined(std::string_view kind, std::string_view table, std::string_view name) {
  std::string out(kind);
  return out.append(" ").append(table).append(" ").append(name);
}

}  // namespace

FirstSchema::FirstSchema(int version) {
  for (std::string_view text = kFirstSchemas.front().text; !text.empty();) {
    std::string_view line = take_until(text, '\n');
    if (line.starts_with('#')) continue;
    const std::string_view kind = take_until(line, ' ');
    const std::string_view versions = take_until(line, ' ');
    const std::string_view table = take_until(line, ' ');
    if (versions.find(std::to_string(version)) == std::string_view::npos) continue;
    if (kind == "table" || kind == "view") names_.insert(joined(kind, table, table));
    while (!line.empty()) {
      const std::string_view name = take_until(line, ' ');
      if (kind == "table")
        names_.insert(joined("column", table, name));
      else
        names_.insert(joined(kind, table, std::string(table) + "_" + std::string(name)));
    }
  }
}

bool FirstSchema::has(const SchemaObject& object) const {
  return names_.contains(joined(object.type, object.table, object.name));
}

bool FirstSchema::has_column(std::string_view table, std::string_view column) const {
  return names_.contains(lower_case(joined("column", table, column)));
}

}  // namespace virtsql
