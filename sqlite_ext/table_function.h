// Table-valued functions, declared: what a file says is its columns, its arguments and how its rows come; xBestIndex,
// cursors and the border between C and C++ are the same for all and are here.
//
// The arguments are hidden columns behind the others, as SQLite's own table-valued functions have them:
// domain_diff(a, b) is domain_diff WHERE a = ... AND b = .... A plan in which a required argument is not known yet is
// refused, so that joins run in the right order; a query that does not give it at all is an error in words. Visible
// columns may be declared as `pushed`: an equality is handed to the function, which then makes only those rows.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sqlite_ext/extension.h"

namespace virtsql::extension {

// Rows as they are asked for.
class Rows {
 public:
  virtual ~Rows() = default;
  // Goes to the first, then to the next row; false behind the last.
  virtual bool next() = 0;
  virtual void column(sqlite3_context* context, int index) = 0;
};

// What a query asks a table function for.
struct Request {
  Connection& connection;
  // By the function's arguments, then its pushed columns; nullptr where the query does not say. Valid only while the
  // rows are opened.
  std::vector<sqlite3_value*> values;
  std::uint64_t columns_used = 0;  // bit n: column n is read (bit 63: any from the 64th)

  bool given(std::size_t at) const { return values[at] != nullptr; }
  bool is_null(std::size_t at) const { return !values[at] || sqlite3_value_type(values[at]) == SQLITE_NULL; }
  std::string_view text(std::size_t at) const { return bytes_of(values[at]); }
  bool uses(int column) const { return (columns_used >> static_cast<unsigned>(std::min(column, 63))) & 1U; }
};

struct TableFunction {
  enum class Trust {
    kInnocuous,   // works on its arguments only
    kDirectOnly,  // reads or writes something outside the database
    kNormal,      // reads the database
  };
  std::string name;
  std::string columns;                             // as in CREATE TABLE
  std::function<std::string()> make_columns = {};  // in place of columns, where they take work
  std::vector<std::string> arguments;
  std::size_t required = 0;      // how many of the arguments must be given
  std::vector<int> pushed = {};  // visible columns, by number
  std::string usage;             // an example, for the error where a required argument is missing
  Trust trust = Trust::kInnocuous;
  double all_rows = 100;    // about how many rows there are with what is required
  double pushed_rows = 20;  // ... and with an optional argument or a pushed column too
  std::function<std::unique_ptr<Rows>(const Request&)> open;
};

// Registers it; an SQLite result code.
int register_table_function(sqlite3* db, const ConnectionRef& connection, TableFunction function);

// Rows that are all there when the function returns.
template <typename Entry>
class EntryRows : public Rows {
 public:
  using Column = std::function<void(sqlite3_context*, const Entry&, int)>;
  EntryRows(std::vector<Entry> entries, Column column) : entries_(std::move(entries)), column_(std::move(column)) {}
  bool next() override { return ++at_ <= entries_.size(); }
  void column(sqlite3_context* context, int index) override { column_(context, entries_[at_ - 1], index); }

 private:
  std::vector<Entry> entries_;
  Column column_;
  std::size_t at_ = 0;
};

template <typename Entry>
std::unique_ptr<Rows> entry_rows(std::vector<Entry> entries, typename EntryRows<Entry>::Column column) {
  return std::make_unique<EntryRows<Entry>>(std::move(entries), std::move(column));
}

}  // namespace virtsql::extension
