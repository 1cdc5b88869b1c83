// Table-valued functions by declaration. The file of a function declares its columns and arguments and makes its rows.
// What is the same for all of them is here: xBestIndex, cursors, and the border between C and C++.
//
// The arguments are hidden columns after the visible ones, as in SQLite's own table-valued functions: domain_diff(a, b)
// is domain_diff WHERE a = ... AND b = .... A query that reads such a column gets the value that it gave. A plan in
// which the value of an argument is not known yet is refused, so that SQLite joins in the right order. A query that
// does not give a required argument at all fails with a message that names it. A visible column may be declared
// `pushed`: the function is then told the value of a condition column = value and makes only the rows with that value.
//
// The columns of a function are one list, Columns<Entry>, with the declaration of each column and how to get its value
// from a row's Entry. All other code refers to a column by its name.
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

// A value on its way to SQLite. It only refers to its text, which must live until give() has SQLite copy it.
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
  Value(std::string&&) = delete;  // nothing would keep the text alive
  // Returns the text as a value; NULL if it is empty.
  static Value or_null(std::string_view text) { return text.empty() ? Value() : Value(text); }

  void give(sqlite3_context* context) const;

 private:
  std::variant<std::monostate, std::int64_t, std::string_view> value_;
};

template <typename Entry>
struct ColumnOf {
  std::string declaration;                   // as in CREATE TABLE
  std::function<Value(const Entry&)> value;  // also takes a pointer to a member of Entry
};
template <typename Entry>
using Columns = std::vector<ColumnOf<Entry>>;

// Returns the columns' declarations, for TableFunction::columns.
template <typename Entry>
std::vector<std::string> declarations(const Columns<Entry>& columns) {
  std::vector<std::string> out;
  for (const ColumnOf<Entry>& column : columns) out.push_back(column.declaration);
  return out;
}

// Returns the columns of a Part as columns of an Entry that contains it; `part(entry)` must give the Part.
template <typename Entry, typename Part, typename Get>
Columns<Entry> columns_of_part(const Columns<Part>& columns, Get part) {
  Columns<Entry> out;
  for (const ColumnOf<Part>& column : columns)
    out.push_back(
        {column.declaration, [value = column.value, part](const Entry& entry) { return value(part(entry)); }});
  return out;
}

// For ColumnOf::value: gives the member as text, NULL if it is empty.
template <typename Entry>
std::function<Value(const Entry&)> or_null(std::string Entry::*member) {
  return [member](const Entry& entry) { return Value::or_null(entry.*member); };
}

// The rows of one call, made one at a time as SQLite asks for them.
class Rows {
 public:
  virtual ~Rows() = default;
  // Goes to the first row, later to the next one. Returns false after the last row.
  virtual bool next() = 0;
  virtual void column(sqlite3_context* context, std::size_t index) = 0;
  // Returns a number below 2^62 that only this row has among those of calls with the same arguments. `place`: how many
  // rows of this call came before. A function with pushed columns must number its rows by something else, because the
  // place depends on what is pushed.
  virtual std::int64_t number(std::int64_t place) const { return place; }
};

// What a query asks of a table function.
struct Request {
  Session& session;
  // The values of the function's arguments, then of its pushed columns; nullptr if the query does not give one. Valid
  // only during TableFunction::open().
  std::vector<sqlite3_value*> values;
  std::uint64_t columns_used = 0;           // bit n: the query reads column n (bit 63: any column from number 63 on)
  const std::vector<std::string>& columns;  // the declarations of the visible columns

  bool given(std::size_t at) const { return values[at] != nullptr; }
  bool is_null(std::size_t at) const { return !values[at] || sqlite3_value_type(values[at]) == SQLITE_NULL; }
  std::string_view text(std::size_t at) const { return bytes_of(values[at]); }
  // Whether the query reads the column of this name. REQUIRES: there is one.
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
  std::function<std::vector<std::string>()> make_columns = {};  // instead of `columns`, if they take work to make
  std::vector<std::string> arguments;
  std::size_t required = 0;              // how many of the arguments must be given
  std::vector<std::string> pushed = {};  // names of visible columns
  std::string usage;                     // an example call, for the error if a required argument is missing
  Trust trust = Trust::kInnocuous;
  double all_rows = 100;    // estimated rows if only the required arguments are given
  double pushed_rows = 20;  // estimated rows if an optional argument or a pushed column is given too
  std::function<std::unique_ptr<Rows>(const Request&)> open;
};

// Registers the function with SQLite. Returns an SQLite result code.
int register_table_function(sqlite3* db, const SessionRef& session, TableFunction function);

// Rows whose values come from a list of columns. `columns` must outlive them.
template <typename Entry>
class RowsOf : public Rows {
 public:
  explicit RowsOf(const Columns<Entry>& columns) : columns_(columns) {}
  void column(sqlite3_context* context, std::size_t index) final { columns_[index].value(current()).give(context); }

 protected:
  // Returns the row that next() went to.
  virtual const Entry& current() const = 0;

 private:
  const Columns<Entry>& columns_;
};

// Rows that the function makes all at once, in a vector.
template <typename Entry>
class EntryRows : public RowsOf<Entry> {
 public:
  EntryRows(std::vector<Entry> entries, const Columns<Entry>& columns)
      : RowsOf<Entry>(columns), entries_(std::move(entries)) {}
  bool next() override { return ++at_ <= entries_.size(); }

 protected:
  const Entry& current() const override { return entries_[at_ - 1]; }

 private:
  std::vector<Entry> entries_;
  std::size_t at_ = 0;
};

template <typename Entry>
std::unique_ptr<Rows> entry_rows(std::vector<Entry> entries, const Columns<Entry>& columns) {
  return std::make_unique<EntryRows<Entry>>(std::move(entries), columns);
}

}  // namespace virtsql::extension
