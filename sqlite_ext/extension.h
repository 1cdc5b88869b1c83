// What the parts of the extension share: the state of a connection, and the border between SQLite's C and C++.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/base/database.h"
#include "core/base/interrupt.h"
#include "core/catalog/catalog.h"
#include "core/store/store.h"
#include "core/xml/grammar.h"
#include "core/xml/refusals.h"

namespace virtsql::extension {

// What the extension keeps per database connection. Its functions share it.
struct Connection {
  explicit Connection(sqlite3* db) : database(db), store(database, Catalog::standard()) {}
  Database database;
  Store store;
  std::unique_ptr<DomainGrammar> grammar;  // read when it is first asked for
  std::unique_ptr<Refusals> refusals;      // the same
};
using ConnectionRef = std::shared_ptr<Connection>;

// Whether the statement that runs on the connection is to stop. (sqlite3_is_interrupted() is newer than SQLite 3.40.)
inline bool is_interrupted(void* db) {
  return sqlite3_exec(static_cast<sqlite3*>(db), "SELECT 1", nullptr, nullptr, nullptr) == SQLITE_INTERRUPT;
}

// Runs `work`, which can be interrupted, and turns what it throws into the function's SQL error: nothing crosses the C
// border.
template <typename Work>
void guard(sqlite3_context* context, Work work) noexcept {
  const Interruptible scope(is_interrupted, sqlite3_context_db_handle(context));
  try {
    work();
  } catch (const Interrupted&) {
    sqlite3_result_error_code(context, SQLITE_INTERRUPT);
  } catch (const std::bad_alloc&) {
    sqlite3_result_error_nomem(context);
  } catch (const DatabaseError& error) {
    // In this order: the text alone would make it SQLITE_ERROR.
    sqlite3_result_error(context, error.what(), -1);
    sqlite3_result_error_code(context, error.code);
  } catch (const std::exception& error) {
    sqlite3_result_error(context, error.what(), -1);
  } catch (...) {
    sqlite3_result_error(context, "virtsql: unknown error", -1);
  }
}

// The same for the methods of a virtual table of the connection: an error code, with the message in the table.
template <typename Work>
int guard(sqlite3* db, sqlite3_vtab* table, Work work) noexcept {
  const Interruptible scope(is_interrupted, db);
  const auto fail = [&](const char* message, int code) {
    sqlite3_free(table->zErrMsg);
    table->zErrMsg = sqlite3_mprintf("%s", message);
    return code;
  };
  try {
    return work();
  } catch (const Interrupted&) {
    return SQLITE_INTERRUPT;
  } catch (const std::bad_alloc&) {
    return SQLITE_NOMEM;
  } catch (const DatabaseError& error) {
    return fail(error.what(), error.code);
  } catch (const std::exception& error) {
    return fail(error.what(), SQLITE_ERROR);
  } catch (...) {
    return fail("virtsql: unknown error", SQLITE_ERROR);
  }
}

inline bool is_null(sqlite3_value* value) { return sqlite3_value_type(value) == SQLITE_NULL; }

// The bytes of a text or blob; a number as text.
inline std::string_view bytes_of(sqlite3_value* value) {
  if (sqlite3_value_type(value) == SQLITE_BLOB) {
    const auto* data = static_cast<const char*>(sqlite3_value_blob(value));
    return data ? std::string_view(data, static_cast<std::size_t>(sqlite3_value_bytes(value))) : std::string_view("");
  }
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  if (!text) throw std::bad_alloc();
  return {text, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

inline void result_text(sqlite3_context* context, std::string_view text) {
  sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

// Each part registers itself; an SQLite result code.
int register_functions(sqlite3* db, const ConnectionRef& connection);
int register_schema_tables(sqlite3* db, const ConnectionRef& connection);
int register_cpuset_table(sqlite3* db, const ConnectionRef& connection);
int register_leaves_table(sqlite3* db, const ConnectionRef& connection);
int register_diff_tables(sqlite3* db, const ConnectionRef& connection);
int register_history_table(sqlite3* db, const ConnectionRef& connection);
int register_help_table(sqlite3* db, const ConnectionRef& connection);
int register_rows_tables(sqlite3* db, const ConnectionRef& connection);
int register_text_diff_table(sqlite3* db, const ConnectionRef& connection);

}  // namespace virtsql::extension
