// The INSERT statements of one table.
//
// A row of a wide table has values in few of its columns, and SQLite takes time to bind, copy and check every
// NULL. So each set of columns in which many rows have values gets a statement of its own. VMs of one fleet have few
// such sets. All other rows use the statement with all columns.
//
// Preparing a statement takes as long as some hundred rows (50 to 250, depending on the table) lose by using the
// statement with all columns. So a set gets its own statement only at its row number kRowsForOwnStatement: a set that
// came so often is typical of the fleet and will come again. There are at most kMost statements, so that their memory
// has a bound.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/base/database.h"
#include "core/catalog/catalog.h"
#include "core/rows/row.h"

namespace virtsql {

class InsertSql {
 public:
  static constexpr std::size_t kMost = 8;               // statements, the one with all columns included
  static constexpr unsigned kRowsForOwnStatement = 12;  // the row of a set at which the set gets its own statement
  static constexpr std::size_t kCounted = 64;           // sets without a statement whose rows are counted

  // One of the statements. Its parameters are the fixed columns in their order, then `columns` in their order.
  struct Statement {
    std::vector<const Column*> columns;
    CachedSql sql;
  };

  InsertSql() = default;
  // `fixed`: the columns that every statement has. `columns`: those in which a row may have a value.
  InsertSql(std::string_view table, const std::vector<std::string>& fixed, std::vector<const Column*> columns);

  // Returns the statement for the row. It has every column in which the row has a value, and every column with a
  // default in the schema ({default}), which an INSERT must name to store NULL there. Valid as long as this object.
  Statement& statement_for(const Row& row);

  // The number of statements.
  std::size_t size() const { return statements_.size(); }

 private:
  Statement made_of(std::vector<const Column*> columns) const;
  // Counts a row of the set key_, which has no statement. Returns whether the set gets one now.
  bool deserves_own();

  std::string beginning_;  // the SQL text up to the last fixed column
  std::string marks_;      // the ? marks of the fixed columns
  std::vector<const Column*> columns_;
  // The key is the set: for each of its columns a char16_t, the column's index in columns_.
  std::unordered_map<std::u16string, Statement> statements_;
  std::unordered_map<std::u16string, unsigned> counts_;  // rows so far, by set; only sets without a statement
  std::u16string key_;                                   // the set of the current row; a member to reuse its memory
};

}  // namespace virtsql
