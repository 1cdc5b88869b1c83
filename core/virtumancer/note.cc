#include "core/virtumancer/note.h"

#include <utility>

#include "core/virtumancer/ignored.h"
#include "core/virtumancer/text.h"

namespace virtsql::virtumancer {

Note left_out(std::string what, const SourceRow& row, std::string detail) {
  return {std::move(what), row.table, row.id, "left out", std::move(detail), row_json(row, {})};
}

std::optional<Note> rest_of(std::string what, const SourceRow& row, const Reading& reading) {
  const std::vector<std::string_view> columns = unused_columns(reading);
  if (columns.empty()) return std::nullopt;
  std::string detail = "without a place or not valid: ";
  for (const std::string_view column : columns) detail += (column == columns.front() ? "" : ", ") + std::string(column);
  return Note{std::move(what), row.table, row.id, "left out", std::move(detail), row_json(row, columns)};
}

std::vector<std::string_view> unused_columns(const Reading& reading) {
  std::vector<std::string_view> columns = reading.rest();
  std::erase_if(columns, [](std::string_view column) { return is_housekeeping(column); });
  return columns;
}

std::string value_json(std::string_view place, std::string_view value) {
  return "{" + json_text(place) + ":" + json_text(value) + "}";
}

std::string row_json(const SourceRow& row, const std::vector<std::string_view>& columns) {
  std::string out = "{\"id\":" + json_text(row.id);
  const auto add = [&](std::string_view column) {
    if (column != "id") out += "," + json_text(column) + ":" + json_text(without_secrets(column, row.get(column)));
  };
  if (columns.empty())
    for (const auto& [column, value] : row.values) add(column);
  else
    for (const std::string_view column : columns) add(column);
  return out + "}";
}

std::string rows_json(std::initializer_list<std::pair<std::string_view, const SourceRow*>> rows) {
  std::string out;
  for (const auto& [name, row] : rows)
    if (row) out += (out.empty() ? "{" : ",") + json_text(name) + ":" + row_json(*row, {});
  return out + "}";
}

}  // namespace virtsql::virtumancer
