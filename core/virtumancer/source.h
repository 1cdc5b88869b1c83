// Reads a database of virtumancer: opens it without ever writing to it, and gives its tables as rows of texts.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/database.h"

namespace virtsql::virtumancer {

// The columns of a row that are neither NULL nor empty, as text.
using Values = std::map<std::string, std::string, std::less<>>;

struct SourceRow {
  std::string table;
  std::string id;  // an integer in older databases, a UUID in newer ones
  bool deleted = false;
  Values values;

  // Returns the value of the column; empty if the row has none.
  std::string_view get(std::string_view column) const;
};

struct SourceTable {
  std::vector<SourceRow> rows;  // in the order in which they were made, deleted ones among them
  std::map<std::string, const SourceRow*, std::less<>> by_id;
  std::set<std::string, std::less<>> columns;
};

class Source {
 public:
  // Opens the database. Throws StoreError if there is no such file, if it is damaged or cannot be read, or if it is no
  // database of virtumancer.
  explicit Source(const std::string& path);
  ~Source();
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  // The names of its tables.
  const std::set<std::string, std::less<>>& names() const { return names_; }
  // Returns the table, which is read at the first use; an empty one if there is no table of the name. Throws StoreError
  // if it cannot be read.
  const SourceTable& table(std::string_view name);

 private:
  void open(const std::filesystem::path& file, bool immutable);
  template <typename Work>
  auto reading(const std::string& what, Work work);

  std::string path_;
  std::filesystem::path copy_;  // a folder with a copy of the database, if one was needed
  sqlite3* handle_ = nullptr;
  std::set<std::string, std::less<>> names_;
  std::map<std::string, SourceTable, std::less<>> tables_;
};

// Some values, and which of them were used. Those left over had no place in the XML.
class Reading {
 public:
  Reading() = default;
  explicit Reading(const Values& values) : values_(&values) {}
  // Returns the members of a JSON object; nested ones are named by their path (parameters/interfaceid). nullopt if the
  // text is no JSON object.
  static std::optional<Reading> of_json(std::string_view text);

  // Returns the value of the first of the columns (a|b) that is there; empty if none is. XML may be unable to hold it:
  // see usable().
  std::string_view look(std::string_view columns) const;
  // The same, and counts the value as used.
  std::string_view take(std::string_view columns);
  void use(std::string_view columns);
  void unuse(std::string_view columns);
  // Returns the columns whose values were not used.
  std::vector<std::string_view> rest() const;
  const Values& values() const { return *values_; }

 private:
  static const Values kNone;
  const Values* values_ = &kNone;
  std::shared_ptr<Values> own_;
  std::set<std::string, std::less<>> used_;
};

// Returns the text as a JSON string. Text that is not UTF-8 is written as "x'...'" with its bytes in hexadecimal
// digits.
std::string json_text(std::string_view text);

// Whether XML can hold the text: it is UTF-8, without characters that XML forbids and without carriage returns.
bool usable(std::string_view text);

}  // namespace virtsql::virtumancer
