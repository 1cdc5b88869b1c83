// A row of the report: what of the source was imported, inferred, defaulted or left out.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/virtumancer/source.h"

namespace virtsql::virtumancer {

struct Note {
  std::string what;  // a place in the XML, or a table
  std::string table;
  std::string id;
  std::string kind;  // imported, inferred, defaulted, left out
  std::string detail;
  std::string kept;  // JSON of what had no place; empty if all had one
};

// Returns the note that nothing of the row is in the XML.
Note left_out(std::string what, const SourceRow& row, std::string detail);

// Returns the note that names the columns of the row that had no place or are not valid; nullopt if there are none.
std::optional<Note> rest_of(std::string what, const SourceRow& row, const Reading& reading);

// Returns the columns that were not used, except housekeeping (ignored.h).
std::vector<std::string_view> unused_columns(const Reading& reading);

// Returns a JSON object with the value of one place.
std::string value_json(std::string_view place, std::string_view value);

// Returns the row's columns (all if none are given) and its id as a JSON object, without secrets.
std::string row_json(const SourceRow& row, const std::vector<std::string_view>& columns);

// Returns the rows as a JSON object of their names and whole rows. Those that are nullptr are left out.
std::string rows_json(std::initializer_list<std::pair<std::string_view, const SourceRow*>> rows);

}  // namespace virtsql::virtumancer
