// A database of virtumancer, as it is read: opened without ever being written to, its tables as rows of texts.
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

  // The value, or an empty one.
  std::string_view get(std::string_view column) const;
};

struct SourceTable {
  std::vector<SourceRow> rows;  // in the order in which they were made, deleted ones among them
  std::map<std::string, const SourceRow*, std::less<>> by_id;
  std::set<std::string, std::less<>> columns;
};

class Source {
 public:
  // Opens the database. Throws StoreError where there is none, or where it is none of virtumancer.
  explicit Source(const std::string& path);
  ~Source();
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  // The names of its tables.
  const std::set<std::string, std::less<>>& names() const { return names_; }
  // The table, read at first use; an empty one where there is none of the name.
  const SourceTable& table(std::string_view name);

 private:
  void open(const std::filesystem::path& file, bool immutable);
  template <typename Work>
  auto reading(const std::string& what, Work work);

  std::string path_;
  std::filesystem::path copy_;  // a folder with a copy of the database, where one was needed
  sqlite3* handle_ = nullptr;
  std::set<std::string, std::less<>> names_;
  std::map<std::string, SourceTable, std::less<>> tables_;
};

// What is used of some values: what is left over is what had no place.
class Reading {
 public:
  Reading() = default;
  explicit Reading(const Values& values) : values_(&values) {}
  // The values of a JSON object, with nested ones under their path: parameters/interfaceid. Nothing where the text is
  // no JSON object.
  static std::optional<Reading> of_json(std::string_view text);

  // The value of the first of the columns (a|b) that is there; empty where there is none. It may not be usable in XML.
  std::string_view look(std::string_view columns) const;
  // The same, and counts it as used.
  std::string_view take(std::string_view columns);
  void use(std::string_view columns);
  void unuse(std::string_view columns);
  // What was not used.
  std::vector<std::string_view> rest() const;
  const Values& values() const { return *values_; }

 private:
  static const Values kNone;
  const Values* values_ = &kNone;
  std::shared_ptr<Values> own_;
  std::set<std::string, std::less<>> used_;
};

// A text or its place in JSON: what is no UTF-8 is written in hexadecimal digits.
std::string json_text(std::string_view text);

// Whether the text can stand in XML.
bool usable(std::string_view text);

}  // namespace virtsql::virtumancer
