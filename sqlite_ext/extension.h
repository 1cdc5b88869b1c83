// What the parts of the extension share: the state of a connection, and the code at the border to SQLite's C, which no
// C++ exception may cross.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/base/database.h"
#include "core/base/interrupt.h"
#include "core/base/sql_error.h"
#include "core/catalog/catalog.h"
#include "core/store/store.h"

namespace virtsql::extension {

// What the extension keeps for each database connection. All functions and tables of the connection share it.
struct Session {
  explicit Session(sqlite3* db) : database(db), store(database, Catalog::standard()) {}
  Database database;
  Store store;
};
using SessionRef = std::shared_ptr<Session>;

// Whether somebody called sqlite3_interrupt() for the connection: then a new statement ends with SQLITE_INTERRUPT.
// (sqlite3_is_interrupted() would tell, but SQLite 3.40 does not have it yet.)
inline bool is_interrupted(void* db) {
  return sqlite3_exec(static_cast<sqlite3*>(db), "SELECT 1", nullptr, nullptr, nullptr) == SQLITE_INTERRUPT;
}

// What the entry point of an extension does: runs `work`, which registers the extension's parts and returns an SQLite
// result code, unless SQLite is too old. Returns the code. Errors name the extension in *error_message. REQUIRES:
// SQLITE_EXTENSION_INIT2 was called.
template <typename Work>
int enter(const char* extension, char** error_message, Work work) noexcept {
  if (sqlite3_libversion_number() < 3040000) {
    *error_message = sqlite3_mprintf("%s needs SQLite 3.40 or newer, this is %s", extension, sqlite3_libversion());
    return SQLITE_ERROR;
  }
  try {
    return work();
  } catch (...) {
    return report_exception([&](const char* message, int code) {
      if (message) *error_message = sqlite3_mprintf("%s: %s", extension, message);
      return code;
    });
  }
}

// Runs `work`, which sqlite3_interrupt() can stop. An exception of it becomes the error of the SQL function, because no
// exception may reach SQLite's C code.
template <typename Work>
void guard(sqlite3_context* context, Work work) noexcept {
  const Interruptible scope(is_interrupted, sqlite3_context_db_handle(context));
  try {
    work();
  } catch (...) {
    result_exception(context);
  }
}

// The same for the methods of a virtual table of the connection. Returns what `work` returns. If `work` throws, returns
// an SQLite error code, with the message in table->zErrMsg.
template <typename Work>
int guard(sqlite3* db, sqlite3_vtab* table, Work work) noexcept {
  const Interruptible scope(is_interrupted, db);
  try {
    return work();
  } catch (...) {
    return report_exception([&](const char* message, int code) {
      if (message) {
        sqlite3_free(table->zErrMsg);
        table->zErrMsg = sqlite3_mprintf("%s", message);
      }
      return code;
    });
  }
}

inline bool is_null(sqlite3_value* value) { return sqlite3_value_type(value) == SQLITE_NULL; }

inline void result_text(sqlite3_context* context, std::string_view text) {
  sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

// Each registers one part of the extension and returns an SQLite result code.
int register_functions(sqlite3* db, const SessionRef& session);
int register_validate(sqlite3* db, const SessionRef& session);
int register_schema_tables(sqlite3* db, const SessionRef& session);
int register_cpuset_table(sqlite3* db, const SessionRef& session);
int register_leaves_table(sqlite3* db, const SessionRef& session);
int register_diff_tables(sqlite3* db, const SessionRef& session);
int register_history_table(sqlite3* db, const SessionRef& session);
int register_help_table(sqlite3* db, const SessionRef& session);
int register_rows_tables(sqlite3* db, const SessionRef& session);
int register_text_diff_table(sqlite3* db, const SessionRef& session);

}  // namespace virtsql::extension
