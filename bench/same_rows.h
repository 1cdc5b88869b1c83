// Notes the rows that an import inserts, and inserts them again without anything else. This is the least that any
// program would have to write for the same documents.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/base/database.h"

namespace virtsql::bench {

class SameRows {
 public:
  // Watches the connection: notes the insertions on it until take().
  explicit SameRows(Database& database);
  SameRows(const SameRows&) = delete;
  SameRows& operator=(const SameRows&) = delete;

  // Marks the end of one document: what was inserted since the last mark() belongs to it.
  void mark() { marks_.push_back(noted_.size()); }
  // Stops watching and reads the noted rows as they are now, in the order of their insertion. Rows that are gone again
  // are left out.
  void take();

  // Makes a database with the schema ready for bare insertions: the same tables, computed columns, constraints and
  // indexes, but no triggers and no foreign keys.
  static void strip(Database& database);
  // Inserts the rows of document `index`, with one prepared statement for each table.
  void insert(Database& database, std::size_t index);
  // Forgets the statements that insert() prepared. Call it before their connection is closed.
  void forget_statements();
  // Throws std::runtime_error if the two databases do not have the same number of rows in each table.
  static void check_equal(Database& a, Database& b);

  std::size_t size() const { return rows_.size(); }

 private:
  // The values that identify a row. As text is enough: SQLite compares by the affinity of the columns.
  using Key = std::vector<std::string>;
  struct Table {
    std::string select;  // reads the row of a key
    std::string insert;
    int columns = 0;
    std::vector<int> key;  // the primary key's columns if the table is WITHOUT ROWID; else empty: the key is the rowid
    Statement* prepared = nullptr;
  };
  // A value that is not NULL. Texts and blobs are in `bytes_`, a single block: a million small allocations would slow
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
    std::size_t end;  // of its values in `values_`; they begin where those of the row before end
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
