// The INSERT statements of one table.
//
// A row of a wide table has values in few of its columns, and SQLite takes time to bind, copy and check every
// NULL. So there is a statement for each set of columns that many rows have values in; VMs of one fleet have few such
// sets. To prepare one takes as long as some hundred rows lose in the statement of all columns (50 to 250, by the
// table), so a set gets its own once it has come kEnough times: then it is a fleet's, and comes again. The rows before,
// and those of all sets beyond kMost, take the statement of all columns, so that the memory of statements has a bound.
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
  static constexpr std::size_t kMost = 8;      // statements
  static constexpr unsigned kEnough = 12;      // rows of a set, from which on it has a statement of its own
  static constexpr std::size_t kCounted = 64;  // sets whose rows are counted

  // One of the statements. Its parameters are the fixed columns in their order, then `columns` in theirs.
  struct Statement {
    std::vector<const Column*> columns;
    CachedSql sql;
  };

  InsertSql() = default;
  // `fixed` are columns of every statement, `columns` those of which a row may have some.
  InsertSql(std::string_view table, const std::vector<std::string>& fixed, std::vector<const Column*> columns);

  // The statement for the row, with every column in which it has a value, and those that must be told if they are to be
  // NULL, as an INSERT without them fills them. Valid as long as this.
  Statement& statement_for(const Row& row);

  // How many statements there are.
  std::size_t size() const { return statements_.size(); }

 private:
  Statement made_of(std::vector<const Column*> columns) const;
  // Counts a row of the set key_, which has no statement; whether it is to have one now.
  bool deserves_own();

  std::string beginning_;  // of the text, up to the last fixed column
  std::string marks_;      // of the fixed columns
  std::vector<const Column*> columns_;
  // By the columns' places in columns_, a char16_t each.
  std::unordered_map<std::u16string, Statement> statements_;
  std::unordered_map<std::u16string, unsigned> rows_;  // so far, of sets without a statement
  std::u16string key_;                                 // of the row at hand; kept for its memory
};

}  // namespace virtsql
