// Table-valued functions, declared: what a file says is its columns, its arguments and how its rows come; xBestIndex,
// cursors and the border between C and C++ are the same for all and are here.
//
// The arguments are hidden columns behind the others, as SQLite's own table-valued functions have them:
// domain_diff(a, b) is domain_diff WHERE a = ... AND b = .... A plan in which a required argument is not known yet is
// refused, so that joins run in the right order; a query that does not give it at all is an error in words. Visible
// columns may be declared as `pushed`: an equality is handed to the function, which then makes only those rows.
//
// A function's columns are one list, Columns<Entry>: of each its declaration and how a row gives its value. Whatever
// else speaks of a column does so by its name.
//
//   const Columns<Leaf> kColumns = {{"path TEXT", &Leaf::path}, {"line INTEGER", [](const Leaf& l) { return l.line;
//   }}};
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sqlite_ext/extension.h"

namespace virtsql::extension {

// A value on its way to SQLite. Text is not copied before SQLite does.
class Value {
 public:
  Value() = default;  // NULL
  Value(std::int64_t number) : value_(number) {}
  Value(int number) : value_(static_cast<std::int64_t>(number)) {}
  Value(bool yes) : value_(static_cast<std::int64_t>(yes ? 1 : 0)) {}
  Value(std::optional<bool> yes) {
    if (yes) *this = Value(*yes);
  }
  Value(std::string_view text) : value_(text) {}
  Value(const std::string& text) : value_(std::string_view(text)) {}
  Value(std::string&&) = delete;  // nothing would hold the text
  // Text that is none where it is empty.
  static Value or_null(std::string_view text) { return text.empty() ? Value() : Value(text); }

  void give(sqlite3_context* context) const;

 private:
  std::variant<std::monostate, std::int64_t, std::string_view> value_;
};

template <typename Entry>
struct ColumnOf {
  std::string declaration;                   // as in CREATE TABLE
  std::function<Value(const Entry&)> value;  // or the member that is it
};
template <typename Entry>
using Columns = std::vector<ColumnOf<Entry>>;

// The columns' declarations, for TableFunction.
template <typename Entry>
std::vector<std::string> declarations(const Columns<Entry>& columns) {
  std::vector<std::string> out;
  for (const ColumnOf<Entry>& column : columns) out.push_back(column.declaration);
  return out;
}

// The columns of a part of the row, as the row's own: `part` gives the part.
template <typename Entry, typename Part, typename Get>
Columns<Entry> columns_of_part(const Columns<Part>& columns, Get part) {
  Columns<Entry> out;
  for (const ColumnOf<Part>& column : columns)
    out.push_back(
        {column.declaration, [value = column.value, part](const Entry& entry) { return value(part(entry)); }});
  return out;
}

// The member as text, NULL if it is empty.
template <typename Entry>
std::function<Value(const Entry&)> or_null(std::string Entry::*member) {
  return [member](const Entry& entry) { return Value::or_null(entry.*member); };
}

// Rows as they are asked for.
class Rows {
 public:
  virtual ~Rows() = default;
  // Goes to the first, then to the next row; false behind the last.
  virtual bool next() = 0;
  virtual void column(sqlite3_context* context, std::size_t index) = 0;
};

// What a query asks a table function for.
struct Request {
  Connection& connection;
  // By the function's arguments, then its pushed columns; nullptr where the query does not say. Valid only while the
  // rows are opened.
  std::vector<sqlite3_value*> values;
  std::uint64_t columns_used = 0;           // bit n: column n is read (bit 63: any from the 64th)
  const std::vector<std::string>& columns;  // their declarations

  bool given(std::size_t at) const { return values[at] != nullptr; }
  bool is_null(std::size_t at) const { return !values[at] || sqlite3_value_type(values[at]) == SQLITE_NULL; }
  std::string_view text(std::size_t at) const { return bytes_of(values[at]); }
  // Whether the query reads the column.
  bool uses(std::string_view column) const;
};

struct TableFunction {
  enum class Trust {
    kInnocuous,   // works on its arguments only
    kDirectOnly,  // reads or writes something outside the database
    kNormal,      // reads the database
  };
  std::string name;
  std::vector<std::string> columns;                             // each as in CREATE TABLE
  std::function<std::vector<std::string>()> make_columns = {};  // in place of columns, where they take work
  std::vector<std::string> arguments;
  std::size_t required = 0;              // how many of the arguments must be given
  std::vector<std::string> pushed = {};  // visible columns, by name
  std::string usage;                     // an example, for the error where a required argument is missing
  Trust trust = Trust::kInnocuous;
  double all_rows = 100;    // about how many rows there are with what is required
  double pushed_rows = 20;  // ... and with an optional argument or a pushed column too
  std::function<std::unique_ptr<Rows>(const Request&)> open;
};

// Registers it; an SQLite result code.
int register_table_function(sqlite3* db, const ConnectionRef& connection, TableFunction function);

// Rows that have their columns as a list. `columns` must outlive them.
template <typename Entry>
class RowsOf : public Rows {
 public:
  explicit RowsOf(const Columns<Entry>& columns) : columns_(columns) {}
  void column(sqlite3_context* context, std::size_t index) final { columns_[index].value(current()).give(context); }

 private:
  // The row at which next() has stopped.
  virtual const Entry& current() const = 0;

  const Columns<Entry>& columns_;
};

// Rows that are all there when the function returns.
template <typename Entry>
class EntryRows : public RowsOf<Entry> {
 public:
  EntryRows(std::vector<Entry> entries, const Columns<Entry>& columns)
      : RowsOf<Entry>(columns), entries_(std::move(entries)) {}
  bool next() override { return ++at_ <= entries_.size(); }

 private:
  const Entry& current() const override { return entries_[at_ - 1]; }

  std::vector<Entry> entries_;
  std::size_t at_ = 0;
};

template <typename Entry>
std::unique_ptr<Rows> entry_rows(std::vector<Entry> entries, const Columns<Entry>& columns) {
  return std::make_unique<EntryRows<Entry>>(std::move(entries), columns);
}

}  // namespace virtsql::extension
