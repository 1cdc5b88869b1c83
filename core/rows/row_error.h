// The error for a row that a user edited into something that cannot be written as XML.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "core/rows/row.h"

namespace virtsql {

// Thrown if a row says something that no XML can say: a control character, broken JSON, layers nested without end.
// what() names table, id, column and the reason.
struct RowError : std::runtime_error {
  // `column_name` is empty if the row as a whole is wrong. `xml_path` is the path as in virtsql_catalog.
  RowError(std::string table_name, std::int64_t row_id, std::string column_name, std::string xml_path,
           const std::string& why)
      : std::runtime_error(table_name + (row_id ? ", row " + std::to_string(row_id) : "") +
                           (column_name.empty() ? "" : ", " + column_name) + ": " + why),
        table(std::move(table_name)),
        id(row_id),
        column(std::move(column_name)),
        path(std::move(xml_path)),
        reason(why) {}

  // About a value of the row or of its resource.
  RowError(const Row& row, const Column& of, const std::string& why)
      : RowError(of.table->name, of.table == row.element->table ? row.id : row.resource_id, of.name, of.xml_path, why) {
  }

  // About the row as a whole, or its rows in vendor_options.
  RowError(const Row& row, const std::string& why)
      : RowError(row.element->table->name, row.id, "", row.element->path, why) {}

  std::string table;
  std::int64_t id;
  std::string column;
  std::string path;
  std::string reason;
};

}  // namespace virtsql
