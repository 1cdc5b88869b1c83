#include "core/virtumancer/source.h"

#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "core/base/hex.h"
#include "core/base/letters.h"
#include "core/base/sql_quote.h"
#include "core/base/utf8.h"
#include "core/schema/ddl.h"
#include "core/store/store.h"
#include "core/xml/characters.h"
#include "core/xml/json.h"

namespace virtsql::virtumancer {
namespace {

namespace files = std::filesystem;
namespace json = boost::json;

[[noreturn]] void fail(const std::string& message) { throw StoreError("virtumancer_import(): " + message); }

// The first bytes of an SQLite database file.
constexpr std::size_t kHeaderSize = 100;
constexpr std::string_view kMagic("SQLite format 3\0", 16);

bool has_content(const files::path& file) {
  std::error_code error;
  const auto size = files::file_size(file, error);
  return !error && size > 0;
}

files::path beside(const files::path& file, const char* suffix) { return file.string() + suffix; }

// A private folder for a copy.
files::path make_folder() {
  std::string name = (files::temp_directory_path() / "virtsql-XXXXXX").string();
  if (!mkdtemp(name.data())) fail("cannot make a folder for a copy, " + name + ": " + std::strerror(errno));
  return name;
}

std::string uri_of(const files::path& file, bool immutable) {
  std::string out = "file://";
  for (const char c : file.string()) {
    static constexpr char kDigits[] = "0123456789ABCDEF";
    if (is_letter_or_digit(c) || c == '/' || c == '.' || c == '-' || c == '_') {
      out += c;
    } else {
      out += '%';
      out += kDigits[static_cast<unsigned char>(c) >> 4U];
      out += kDigits[static_cast<unsigned char>(c) & 0x0FU];
    }
  }
  return out + (immutable ? "?immutable=1" : "?mode=ro");
}

void flatten(const json::object& object, const std::string& prefix, Values& out) {
  for (const auto& member : object) {
    const std::string name = prefix + std::string(member.key());
    const json::value& value = member.value();
    std::string text;
    if (const json::object* nested = value.if_object()) {
      flatten(*nested, name + "/", out);
      continue;
    }
    if (value.is_null()) continue;
    if (const json::string* string = value.if_string())
      text = std::string(*string);
    else if (value.is_bool())
      text = value.as_bool() ? "1" : "0";
    else
      text = json::serialize(value);
    if (!text.empty()) out.insert_or_assign(name, text);
  }
}

}  // namespace

std::string json_text(std::string_view text) {
  return is_utf8(text) ? to_json_string(text) : "\"x'" + hex(text) + "'\"";
}

bool usable(std::string_view text) { return text.find('\r') == std::string_view::npos && xml::is_text(text); }

// ---- reading values

const Values Reading::kNone;

std::string_view SourceRow::get(std::string_view column) const {
  const auto found = values.find(column);
  return found == values.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<Reading> Reading::of_json(std::string_view text) {
  boost::system::error_code error;
  const json::value value = json::parse(json::string_view(text.data(), text.size()), error);
  if (error || !value.is_object()) return std::nullopt;
  Reading out;
  out.own_ = std::make_shared<Values>();
  flatten(value.get_object(), "", *out.own_);
  out.values_ = out.own_.get();
  return out;
}

namespace {

// Finds the first of the columns a|b|c that is there; end() if none is.
Values::const_iterator find_first(const Values& values, std::string_view columns) {
  while (true) {
    const std::size_t bar = columns.find('|');
    const auto found = values.find(columns.substr(0, bar));
    if (found != values.end() || bar == std::string_view::npos) return found;
    columns.remove_prefix(bar + 1);
  }
}

}  // namespace

std::string_view Reading::look(std::string_view columns) const {
  const auto found = find_first(*values_, columns);
  return found == values_->end() ? std::string_view() : std::string_view(found->second);
}

void Reading::use(std::string_view columns) {
  const auto found = find_first(*values_, columns);
  if (found != values_->end()) used_.insert(found->first);
}

void Reading::unuse(std::string_view columns) {
  const auto found = find_first(*values_, columns);
  if (found != values_->end()) used_.erase(found->first);
}

std::string_view Reading::take(std::string_view columns) {
  use(columns);
  return look(columns);
}

std::vector<std::string_view> Reading::rest() const {
  std::vector<std::string_view> out;
  for (const auto& [column, value] : *values_)
    if (!used_.contains(column)) out.push_back(column);
  return out;
}

// ---- the database

template <typename Work>
auto Source::reading(const std::string& what, Work work) {
  try {
    return work();
  } catch (const DatabaseError& error) {
    // A journal beside the database belongs to a change that a program did not finish. Undoing it means writing to the
    // database, which the import must not do.
    const bool unfinished = has_content(beside(path_, "-journal"));
    fail("cannot read " + what + path_ + ": " + error.what() +
         (unfinished ? "; there is a journal beside it: let virtumancer, or sqlite3, open it first" : ""));
  }
}

Source::Source(const std::string& path) : path_(path) {
  if (path.empty()) fail("the path is empty; give that of a virtumancer database, virtumancer.db");
  if (path.find('\0') != std::string::npos) fail("the path has a zero byte in it");
  std::error_code error;
  const files::path file = files::absolute(path, error);
  const files::file_status status = files::status(file, error);
  if (!files::exists(status)) fail("there is no file " + path);
  if (files::is_directory(status)) fail(path + " is a folder; give the database file in it");
  if (!files::is_regular_file(status)) fail(path + " is no file");
  std::string header(kHeaderSize, '\0');
  if (!std::ifstream(file, std::ios::binary).read(header.data(), static_cast<std::streamsize>(header.size())) ||
      !header.starts_with(kMagic))
    fail(path + " is no SQLite database, or cannot be read");

  // A database in WAL mode needs two files beside it, -wal and -shm, which SQLite makes even for reading. The import
  // must leave nothing there. If the -wal is empty, the database is read without it. If somebody has the database open,
  // both files exist already. If only the -wal was left behind, database and -wal are copied, and the copy is read.
  const bool wal_mode = header[18] == 2;
  try {
    if (!wal_mode) {  // NOLINT(bugprone-branch-clone): the branches are in the order of the questions
      open(file, false);
    } else if (!has_content(beside(file, "-wal"))) {
      open(file, true);
    } else if (files::exists(beside(file, "-shm"), error)) {
      open(file, false);
    } else {
      copy_ = make_folder();
      const files::path copied = copy_ / "copy.db";
      for (const char* suffix : {"", "-wal"})
        if (!files::copy_file(beside(file, suffix), beside(copied, suffix), error))
          fail("cannot copy " + path + suffix + ": " + error.message());
      open(copied, false);
    }
  } catch (...) {
    sqlite3_close(handle_);
    if (!copy_.empty()) files::remove_all(copy_, error);
    throw;
  }
}

Source::~Source() {
  sqlite3_close(handle_);
  std::error_code error;
  if (!copy_.empty()) files::remove_all(copy_, error);
}

void Source::open(const files::path& file, bool immutable) {
  const int code = sqlite3_open_v2(uri_of(file, immutable).c_str(), &handle_,
                                   SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_PRIVATECACHE, nullptr);
  if (code != SQLITE_OK)
    fail("cannot open " + path_ + ": " + (handle_ ? sqlite3_errmsg(handle_) : sqlite3_errstr(code)));
  sqlite3_busy_timeout(handle_, 5000);
  switch_option(handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, false);
  Database database(handle_);
  reading("", [&] {
    // Reads one state of the database, whatever virtumancer changes meanwhile.
    database.execute("PRAGMA cell_size_check = ON; BEGIN");
    Statement check(handle_, "PRAGMA quick_check(1)");
    if (check.step() && check.get_text(0) != "ok") fail(path_ + " is damaged: " + std::string(check.get_text(0)));
    // Only real tables: what a view or a virtual table computes is not virtumancer's data.
    Statement tables(handle_, "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'");
    while (tables.step()) names_.emplace(tables.get_text(0));
  });
  if (database.query_int("PRAGMA application_id") == kApplicationId)
    fail(path_ + " is no database of virtumancer: it is one of virtsql's own");
  for (const char* needed : {"virtual_machines", "hosts"})
    if (!names_.contains(needed)) fail(path_ + " is no database of virtumancer: it has no table " + needed);
}

const SourceTable& Source::table(std::string_view name) {
  const auto found = tables_.find(name);
  if (found != tables_.end()) return found->second;
  SourceTable& out = tables_[std::string(name)];
  if (!names_.contains(name)) return out;
  reading("table " + std::string(name) + " of ", [&] {
    std::vector<std::string> columns;
    {
      Statement info(handle_, "SELECT name FROM pragma_table_info(?1)");
      info.bind_text(1, name);
      while (info.step()) columns.emplace_back(info.get_text(0));
    }
    std::string list;
    for (const std::string& column : columns) {
      list += (list.empty() ? "" : ", ") + quote_identifier(column);
      out.columns.insert(column);
    }
    Statement rows(handle_, "SELECT " + list + " FROM " + quote_identifier(name) + " ORDER BY rowid");
    while (rows.step()) {
      SourceRow row;
      row.table = name;
      for (std::size_t i = 0; i < columns.size(); ++i) {
        const std::string_view value = rows.get_text(static_cast<int>(i));
        if (!value.empty()) row.values.emplace(columns[i], value);
      }
      row.id = row.get("id");
      row.deleted = !row.get("deleted_at").empty();
      out.rows.push_back(std::move(row));
    }
  });
  for (const SourceRow& row : out.rows)
    if (!row.id.empty()) out.by_id.emplace(row.id, &row);
  return out;
}

}  // namespace virtsql::virtumancer
