// Databases with changed bytes, for targets that read them through the loadable extension.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tests/fuzz/fuzz.h"

namespace virtsql::fuzz {

// A connection with the extension loaded.
class Shell {
 public:
  explicit Shell(const std::string& path = ":memory:") {
    require(sqlite3_open(path.c_str(), &handle_) == SQLITE_OK, "SQLite opens a database");
  }
  ~Shell() { sqlite3_close_v2(handle_); }
  Shell(const Shell&) = delete;
  Shell& operator=(const Shell&) = delete;

  sqlite3* handle() { return handle_; }

  // Loads the extension. Returns false if it cannot be loaded, for instance because the database is damaged.
  bool load() {
    sqlite3_enable_load_extension(handle_, 1);
    return sqlite3_load_extension(handle_, VIRTSQL_FUZZ_EXTENSION, nullptr, nullptr) == SQLITE_OK;
  }

  // Opens a copy of the database file that has these bytes, in memory.
  void use(const std::vector<unsigned char>& bytes) {
    auto* copy = static_cast<unsigned char*>(sqlite3_malloc64(bytes.size()));
    std::copy(bytes.begin(), bytes.end(), copy);
    const auto size = static_cast<sqlite3_int64>(bytes.size());
    require(sqlite3_deserialize(handle_, "main", copy, size, size,
                                SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE) == SQLITE_OK,
            "SQLite takes a database of bytes");
  }

  std::vector<unsigned char> bytes() {
    sqlite3_int64 size = 0;
    unsigned char* data = sqlite3_serialize(handle_, "main", &size, 0);
    std::vector<unsigned char> out(data, data + size);
    sqlite3_free(data);
    return out;
  }

  // Runs a statement to its end, but for no more than kMaxOperations operations of SQLite's virtual machine. Returns
  // SQLite's code, and appends the first column of all rows to `out`.
  int run(const std::string& sql, std::vector<std::string>* out = nullptr) {
    sqlite3_progress_handler(
        handle_, kMaxOperations, [](void*) { return 1; }, nullptr);
    sqlite3_stmt* statement = nullptr;
    int code = sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr);
    while (statement && (code = sqlite3_step(statement)) == SQLITE_ROW) {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
      if (out) out->emplace_back(text ? text : "");
    }
    sqlite3_finalize(statement);
    return code == SQLITE_DONE ? SQLITE_OK : code;
  }

 private:
  static constexpr int kMaxOperations = 2000000;

  sqlite3* handle_ = nullptr;
};

// Changes bytes of a database as the input says. Each four bytes of the input are one change: three bytes for the
// place, one for the byte that is written there.
inline void patch(std::vector<unsigned char>& database, std::string_view input) {
  for (std::size_t at = 0; at + 4 <= input.size(); at += 4) {
    const auto byte = [&](std::size_t i) {
      return static_cast<std::size_t>(static_cast<unsigned char>(input[at + i]));
    };
    database[(byte(0) | byte(1) << 8U | byte(2) << 16U) % database.size()] = static_cast<unsigned char>(byte(3));
  }
}

}  // namespace virtsql::fuzz
