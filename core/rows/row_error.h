// What is wrong with a row that somebody edited.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "core/rows/row.h"

namespace virtsql {

// A row says something that no XML can say: a control character, broken JSON, layers nested without end. what() names
// table, id, column and the reason.
struct RowError : std::runtime_error {
  // `column_name` may be empty: the row as a whole. `xml_path` as virtsql_catalog has it.
  RowError(std::string table_name, std::int64_t row_id, std::string column_name, std::string xml_path,
           const std::string& why)
      : std::runtime_error(table_name + (row_id ? ", row " + std::to_string(row_id) : "") +
                           (column_name.empty() ? "" : ", " + column_name) + ": " + why),
        table(std::move(table_name)),
        id(row_id),
        column(std::move(column_name)),
        path(std::move(xml_path)),
        reason(why) {}

  // Of a value of the row, which may be its resource's.
  RowError(const Row& row, const Column& of, const std::string& why)
      : RowError(of.table->name, of.table == row.element->table ? row.id : row.resource_id, of.name, of.xml_path, why) {
  }

  // Of the row, or of what stands in vendor_options for it.
  RowError(const Row& row, const std::string& why)
      : RowError(row.element->table->name, row.id, "", row.element->path, why) {}

  std::string table;
  std::int64_t id;
  std::string column;
  std::string path;
  std::string reason;
};

}  // namespace virtsql
