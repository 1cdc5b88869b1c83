#include "core/store/first_schemas.h"

#include <algorithm>

#include "core/base/letters.h"
#include "core/base/lines.h"
#include "core/store/first_schemas_text.h"

namespace virtsql {
namespace {

// Takes the next word off the beginning of the line.
std::string_view take_word_of(std::string_view& line) {
  const std::size_t length = std::min(line.find(' '), line.size());
  const std::string_view out = line.substr(0, length);
  line.remove_prefix(std::min(length + 1, line.size()));
  return out;
}

// Whether the version is one of the digits: 123 are the versions 1, 2 and 3.
bool has_version(std::string_view digits, int version) {
  return version >= 1 && version <= 9 && digits.find(static_cast<char>('0' + version)) != std::string_view::npos;
}

std::string joined(std::string_view kind, std::string_view table, std::string_view name) {
  std::string out(kind);
  return out.append(" ").append(table).append(" ").append(name);
}

}  // namespace

FirstSchema::FirstSchema(int version) {
  for (std::string_view line : lines_of(kFirstSchemas.front().text)) {
    if (line.starts_with('#')) continue;
    const std::string_view kind = take_word_of(line);
    const std::string_view versions = take_word_of(line);
    const std::string_view table = take_word_of(line);
    if (!has_version(versions, version)) continue;
    if (kind == "table" || kind == "view") names_.insert(joined(kind, table, table));
    while (!line.empty()) {
      const std::string_view name = take_word_of(line);
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
