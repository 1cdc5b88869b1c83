#include "core/base/database.h"

#include <cassert>
#include <cstdio>
#include <new>

namespace virtsql {

void require_ok(sqlite3* db, int code) {
  if (code != SQLITE_OK) throw DatabaseError(code, sqlite3_errmsg(db));
}

bool is_value_error(int code) {
  switch (primary_code(code)) {
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
    case SQLITE_RANGE:
      return true;
    default:
      return false;
  }
}

bool is_refusal(int code) { return is_value_error(code) || primary_code(code) == SQLITE_ERROR; }

Statement::Statement(sqlite3* db, std::string_view sql) {
  require_ok(db, sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &handle_,
                                    nullptr));
}

Statement::~Statement() { sqlite3_finalize(handle_); }

void Statement::check(int code) const { require_ok(sqlite3_db_handle(handle_), code); }

void Statement::bind_text_copy(int parameter, const std::string& value) {
  is_reset_ = false;
  check(sqlite3_bind_text(handle_, parameter, value.data(), static_cast<int>(value.size()), SQLITE_TRANSIENT));
}

void Statement::bind_text(int parameter, std::string_view value) {
  is_reset_ = false;
  check(value.data()
            ? sqlite3_bind_text(handle_, parameter, value.data(), static_cast<int>(value.size()), SQLITE_STATIC)
            : sqlite3_bind_null(handle_, parameter));
}

void Statement::bind_blob(int parameter, std::string_view value) {
  is_reset_ = false;
  check(value.data()
            ? sqlite3_bind_blob(handle_, parameter, value.data(), static_cast<int>(value.size()), SQLITE_STATIC)
            : sqlite3_bind_null(handle_, parameter));
}

void Statement::bind_int(int parameter, std::int64_t value) {
  is_reset_ = false;
  check(sqlite3_bind_int64(handle_, parameter, value));
}
void Statement::bind_real(int parameter, double value) {
  is_reset_ = false;
  check(sqlite3_bind_double(handle_, parameter, value));
}
void Statement::bind_null(int parameter) { check(sqlite3_bind_null(handle_, parameter)); }

bool Statement::step() {
  is_reset_ = false;
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  const std::string message = sqlite3_errmsg(sqlite3_db_handle(handle_));
  sqlite3_reset(handle_);
  throw DatabaseError(code, message);
}

void Statement::run() {
  while (step()) {
  }
  reset();
}

void Statement::reset() {
  // Both run() and Use reset. The second reset would clear all parameters again, for nothing.
  if (is_reset_) return;
  is_reset_ = true;
  sqlite3_reset(handle_);
  sqlite3_clear_bindings(handle_);
}

std::string_view Statement::get_text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
  if (!text) return {};
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

std::string_view Statement::get_blob(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(handle_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_, column));
  if (data) return {data, size};
  return is_null(column) ? std::string_view() : std::string_view("");
}

void Database::execute(const std::string& sql) {
  char* message = nullptr;
  const int code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, &message);
  if (code == SQLITE_OK) return;
  const std::string text = message ? message : sqlite3_errstr(code);
  sqlite3_free(message);
  throw DatabaseError(code, text);
}

Statement& Database::prepared(const std::string& sql) {
  std::unique_ptr<Statement>& slot = statements_[sql];
  if (!slot) slot = std::make_unique<Statement>(db_, sql);
  return *slot;
}

Statement& Database::prepared(CachedSql& sql) {
  assert(!sql.database_ || sql.database_ == this);
  if (!sql.statement_ || sql.generation_ != generation_) {
    sql.database_ = this;
    sql.statement_ = &prepared(sql.sql_);
    sql.generation_ = generation_;
  }
  return *sql.statement_;
}

std::int64_t Database::query_int(const std::string& sql) {
  Statement statement(db_, sql);
  return statement.step() ? statement.get_int(0) : 0;
}

Connection::Connection(const std::string& path, int flags, int patience_milliseconds) {
#ifndef VIRTSQL_EXTENSION
  // To count the memory in use, SQLite takes a mutex at each allocation, and no program of ours asks for the count. If
  // SQLite is in use already, it refuses this call and goes on counting.
  [[maybe_unused]] static const int uncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
#endif
  const int code = sqlite3_open_v2(path.c_str(), &handle_, flags, nullptr);
  if (code != SQLITE_OK) {
    const std::string message = path + ": " + (handle_ ? sqlite3_errmsg(handle_) : sqlite3_errstr(code));
    sqlite3_close_v2(handle_);
    throw DatabaseError(code, message);
  }
  sqlite3_busy_timeout(handle_, patience_milliseconds);
  if ((flags & SQLITE_OPEN_READWRITE) != 0) keep_wal_files(handle_);
}

void keep_wal_files(sqlite3* db) {
  int persist = 1;
  sqlite3_file_control(db, "main", SQLITE_FCNTL_PERSIST_WAL, &persist);
  // The -wal file that stays behind must be empty. The pragma needs neither a lock nor the schema, so it does not fail.
  (void)sqlite3_exec(db, "PRAGMA main.journal_size_limit = 0", nullptr, nullptr, nullptr);
}

std::string file_of(sqlite3* db) {
  const char* path = sqlite3_db_filename(db, "main");
  return path ? path : "";
}

void remove_database(const std::string& path) {
  for (const char* suffix : {"", "-journal", "-wal", "-shm"}) (void)std::remove((path + suffix).c_str());
}

void ensure_readable(const std::string& path, int patience_milliseconds) {
  Connection connection(path, SQLITE_OPEN_READWRITE, patience_milliseconds);
  // The first read of a database in WAL mode creates both files.
  Database(connection.handle()).query_int("SELECT count(*) FROM sqlite_master");
}

void switch_option(sqlite3* db, int option, bool on) {
  sqlite3_db_config(db, option, on ? 1 : 0, static_cast<int*>(nullptr));
}

bool is_on(sqlite3* db, int option) {
  int on = 0;
  sqlite3_db_config(db, option, -1, &on);
  return on != 0;
}

Switched::Switched(sqlite3* db, int option, bool on) : db_(db), option_(option), before_(is_on(db, option)) {
  switch_option(db_, option_, on);
}

Switched::~Switched() { switch_option(db_, option_, before_); }

std::string_view bytes_of(sqlite3_value* value) {
  const int type = sqlite3_value_type(value);
  if (type == SQLITE_NULL) return "";
  const auto* data = type == SQLITE_BLOB ? static_cast<const char*>(sqlite3_value_blob(value))
                                         : reinterpret_cast<const char*>(sqlite3_value_text(value));
  const auto size = static_cast<std::size_t>(sqlite3_value_bytes(value));
  if (data) return {data, size};
  if (type != SQLITE_BLOB || size > 0) throw std::bad_alloc();
  return "";  // SQLite has no address for a blob without bytes
}

Transaction::Transaction(Database& database) : database_(database) { database_.execute("BEGIN IMMEDIATE"); }

Transaction::~Transaction() {
  if (sqlite3_get_autocommit(database_.handle()) != 0) return;  // committed, or rolled back by SQLite itself
  try {
    database_.execute("ROLLBACK");
  } catch (const DatabaseError&) {
    // Closing the connection rolls back too.
  }
}

void enlarge_page_cache(Database& database) {
  constexpr std::int64_t kDefault = -2000;  // negative: KiB
  if (database.query_int("PRAGMA main.cache_size") == kDefault) database.execute("PRAGMA main.cache_size = -32768");
}

namespace {

// Makes the open transaction one that writes, before it has read anything. For that SQLite waits for other writers up
// to the connection's busy timeout; it does not wait if a transaction that has read already begins to write. The pragma
// is only a way to take the lock: it frees one free page at most, and only in a database with incremental auto_vacuum.
void take_write_lock(Database& database) { database.execute("PRAGMA main.incremental_vacuum(1)"); }

// Makes the open transaction one that writes, with temporary storage in memory. A savepoint inside a transaction makes
// SQLite keep a copy of each page that changes after it. The copies go into a temporary file, unless temp_store was
// MEMORY when the transaction began to write (sqlite3PagerBegin). So temp_store is MEMORY while the write begins, and
// gets the connection's own setting back at once. To change temp_store drops all temporary tables, so it stays as it is
// if there are any.
void begin_to_write(Database& database) {
  if (sqlite3_txn_state(database.handle(), "main") == SQLITE_TXN_WRITE) return;
  enlarge_page_cache(database);
  if (database.query_int("SELECT 1 FROM pragma_database_list WHERE name = 'temp'") != 0)
    return take_write_lock(database);
  const std::string before = std::to_string(database.query_int("PRAGMA temp_store"));
  database.execute("PRAGMA temp_store = MEMORY");
  try {
    take_write_lock(database);
  } catch (const DatabaseError&) {
    database.execute("PRAGMA temp_store = " + before);
    throw;
  }
  database.execute("PRAGMA temp_store = " + before);
}

}  // namespace

Savepoint::Savepoint(Database& database) : database_(database) {
  const bool outermost = sqlite3_get_autocommit(database.handle()) != 0;
  if (!outermost) begin_to_write(database_);
  try {
    Use(database_.prepared("SAVEPOINT virtsql"))->run();
  } catch (const DatabaseError& error) {
    // BUSY means that a statement that writes is running, such as INSERT INTO ... SELECT domain_import(...). To look
    // for it beforehand would cost more, because there are hundreds of prepared statements to look through.
    if (error.primary() == SQLITE_BUSY) return;
    throw;
  }
  open_ = true;
  if (!outermost) return;
  try {
    take_write_lock(database_);
  } catch (...) {
    database_.execute("RELEASE virtsql");
    throw;
  }
}

Savepoint::~Savepoint() {
  if (!open_) return;
  try {
    database_.execute("ROLLBACK TO virtsql; RELEASE virtsql");
  } catch (const std::exception&) {
    // SQLite has rolled the transaction back by itself (full disk, I/O error); there is no savepoint any more.
  }
}

void Savepoint::release() {
  if (!open_) return;
  Use(database_.prepared("RELEASE virtsql"))->run();
  open_ = false;
}

}  // namespace virtsql
