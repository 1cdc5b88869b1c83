// A row of the report: what of the source was imported, inferred, defaulted or left out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/virtumancer/source.h"

namespace virtsql::virtumancer {

struct Note {
  std::string what;  // a place in the XML, or a table
  std::string table;
  std::string id;
  std::string kind;  // imported, inferred, defaulted, left out
  std::string detail;
  std::string kept;  // JSON of what had no place; empty where there is none
};

// The row is not in the XML at all.
Note left_out(std::string what, const SourceRow& row, std::string detail);

// What of the row had no place or is not valid; nothing where all had one.
std::optional<Note> rest_of(std::string what, const SourceRow& row, const Reading& reading);

// The columns that were not used and say something of a definition.
std::vector<std::string_view> unused_columns(const Reading& reading);

// JSON of a row's columns (all where none are given), with its id.
std::string row_json(const SourceRow& row, const std::vector<std::string_view>& columns);

}  // namespace virtsql::virtumancer
