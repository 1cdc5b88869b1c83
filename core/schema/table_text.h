// A CREATE TABLE statement, taken apart: which columns a table has, and how each is defined.
//
// SQLite keeps the statement as it was written, and appends the definition of each column that is added later. So the
// definitions of two tables can be compared whatever the order in which their columns came.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace virtsql {

struct TableText {
  struct ColumnText {
    std::string name;        // without quotes
    std::string definition;  // all of it, the name too, with single spaces and without comments
  };
  std::vector<ColumnText> columns;
  std::vector<std::string> constraints;  // of the table: CHECK, UNIQUE, ...
  std::string options;                   // STRICT, WITHOUT ROWID

  // Returns the column of the name, or nullptr if there is none. Names compare without case, as in SQLite.
  const ColumnText* find(std::string_view name) const;
};

// Takes the statement apart. REQUIRES: a CREATE TABLE statement that SQLite accepted.
TableText read_table_text(std::string_view create_table);

}  // namespace virtsql
