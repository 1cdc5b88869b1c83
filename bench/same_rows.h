// The rows that an import inserted, to be inserted again bare: what any program would have to write at least.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/base/database.h"

namespace virtsql::bench {

class SameRows {
 public:
  // Watches a connection: insertions into it are noted until take().
  explicit SameRows(Database& database);
  SameRows(const SameRows&) = delete;
  SameRows& operator=(const SameRows&) = delete;

  // One document ends here.
  void mark() { marks_.push_back(noted_.size()); }
  // Reads the rows, as they are now; those that are gone again are left out. Insertions come in their order.
  void take();

  // Makes a database with the schema ready for bare insertions: the same tables, computed columns, constraints and
  // indexes, but no triggers and no foreign keys.
  static void strip(Database& database);
  // Inserts the rows of document `index`, with one prepared statement for each table.
  void insert(Database& database, std::size_t index);
  // Before the connection that was inserted into is closed.
  void forget_statements();
  // Throws where the two databases do not have the same number of rows in each table.
  static void check_equal(Database& a, Database& b);

  std::size_t size() const { return rows_.size(); }

 private:
  // The values that name a row, as text: SQLite compares them by the columns' affinity.
  using Key = std::vector<std::string>;
  struct Table {
    std::string select;  // of the row that a key names
    std::string insert;
    int columns = 0;
    std::vector<int> key;  // the columns of the primary key of a table WITHOUT ROWID; else the rowid names the row
    Statement* prepared = nullptr;
  };
  // A value that is not NULL. Texts and blobs are in `bytes_`: one block, as a heap of a million small ones would slow
  // down everything else that is measured.
  struct Value {
    int column;
    int type;
    sqlite3_int64 integer;
    double real;
    std::size_t offset, size;
  };
  struct Row {
    Table* table;
    std::size_t end;  // of its values; they begin where the row before ends
  };
  void describe(const std::string& name);
  void note(const char* table, sqlite3_int64 id);

  Database& database_;
  std::vector<std::pair<std::string, Key>> noted_;
  std::vector<std::size_t> marks_, ends_;
  std::map<std::string, Table> tables_;
  std::vector<Row> rows_;
  std::vector<Value> values_;
  std::string bytes_;
};

}  // namespace virtsql::bench
