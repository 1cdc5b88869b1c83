// What SQLite is told of an exception: no exception may reach its C code.
#pragma once

#include <exception>
#include <new>

#include "core/base/database.h"
#include "core/base/interrupt.h"

namespace virtsql {

// Gives the exception that is being handled to `fail(message, code)`: its message, which is nullptr if SQLite has one
// of its own for the code, and SQLite's result code. Returns what `fail` returns. REQUIRES: called in a catch block.
template <typename Fail>
auto report_exception(Fail fail) noexcept {
  try {
    throw;
  } catch (const Interrupted&) {
    return fail(nullptr, SQLITE_INTERRUPT);
  } catch (const std::bad_alloc&) {
    return fail(nullptr, SQLITE_NOMEM);
  } catch (const DatabaseError& error) {
    return fail(error.what(), error.code);
  } catch (const std::exception& error) {
    return fail(error.what(), SQLITE_ERROR);
  } catch (...) {
    return fail("virtsql: unknown error", SQLITE_ERROR);
  }
}

// Makes the exception that is being handled the error of the SQL function. REQUIRES: called in a catch block.
inline void result_exception(sqlite3_context* context) noexcept {
  report_exception([&](const char* message, int code) {
    if (code == SQLITE_NOMEM) return sqlite3_result_error_nomem(context);
    if (message) sqlite3_result_error(context, message, -1);
    // It must come second: sqlite3_result_error() sets the code to SQLITE_ERROR.
    sqlite3_result_error_code(context, code);
  });
}

}  // namespace virtsql
