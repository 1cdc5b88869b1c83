// SQLite, as the rest of core uses it: errors are exceptions, statements clean up after themselves.
#pragma once

#ifdef VIRTSQL_EXTENSION
// Inside a loadable extension, SQLite is called through the table that it hands over at loading.
#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT3
#else
#include <sqlite3.h>
#endif

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>

namespace virtsql {

// An error of SQLite, with its (extended) result code.
struct DatabaseError : std::runtime_error {
  DatabaseError(int result_code, const std::string& message) : std::runtime_error(message), code(result_code) {}
  int code;
};

// Whether SQLite's code says that a value cannot be stored (a constraint, a type, a size), which it will say again at
// the next try. Every other code is of the database or of the moment: locks, memory, disk, a damaged file.
bool is_of_the_values(int code);

// The text as it is bound where none is NULL: without data if it is empty.
inline std::string_view null_if_empty(std::string_view text) { return text.empty() ? std::string_view() : text; }

// A prepared statement. Columns and parameters are counted as SQLite does: parameters from 1, columns from 0.
class Statement {
 public:
  Statement(sqlite3* db, std::string_view sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Text and blobs must stay valid until the statement is reset. A view without data is NULL.
  void bind_text(int parameter, std::string_view value);
  void bind_blob(int parameter, std::string_view value);
  void bind_int(int parameter, std::int64_t value);
  void bind_real(int parameter, double value);
  void bind_null(int parameter);

  // Whether there is a (next) row.
  bool step();
  // Runs a statement to its end, without rows.
  void run();
  void reset();

  bool is_null(int column) const { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }
  std::int64_t get_int(int column) const { return sqlite3_column_int64(handle_, column); }
  // Valid until the next step or reset; without data where NULL.
  std::string_view get_text(int column) const;
  std::string_view get_blob(int column) const;

  sqlite3_stmt* handle() { return handle_; }

 private:
  void check(int code) const;
  sqlite3_stmt* handle_ = nullptr;
  bool is_reset_ = true;  // nothing was bound and no step taken since
};

// Resets the statement at the end of a scope, so that it keeps no lock and no borrowed text.
class Use {
 public:
  explicit Use(Statement& statement) : statement_(statement) {}
  ~Use() { statement_.reset(); }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  Statement* operator->() { return &statement_; }
  Statement& operator*() { return statement_; }

 private:
  Statement& statement_;
};

// SQL text whose statement is found without looking for it again.
class CachedSql {
 public:
  CachedSql& operator=(std::string sql) {
    sql_ = std::move(sql);
    statement_ = nullptr;
    return *this;
  }
  const std::string& text() const { return sql_; }

 private:
  friend class Database;
  std::string sql_;
  Statement* statement_ = nullptr;
  unsigned generation_ = 0;
};

// A connection that is somebody else's (the shell's) or its own, with the statements prepared on it.
class Database {
 public:
  explicit Database(sqlite3* borrowed) : db_(borrowed) {}

  sqlite3* handle() const { return db_; }
  void execute(const std::string& sql);
  // The statement for the SQL text, prepared once.
  Statement& prepared(const std::string& sql);
  Statement& prepared(CachedSql& sql);
  std::int64_t last_insert_id() const { return sqlite3_last_insert_rowid(db_); }
  std::int64_t query_int(const std::string& sql);
  // Finalizes all statements: before the connection is closed.
  void forget_statements() {
    statements_.clear();
    ++generation_;
  }

 private:
  sqlite3* db_;
  std::unordered_map<std::string, std::unique_ptr<Statement>> statements_;
  unsigned generation_ = 1;  // of statements_: counts how often they were forgotten
};

// A connection of our own, closed at the end of its scope.
class Connection {
 public:
  // `flags` as sqlite3_open_v2 takes them. Waits for locks of others, up to half a minute; one that may write keeps the
  // WAL files, see keep_wal_files(). Throws DatabaseError.
  Connection(const std::string& path, int flags);
  ~Connection() { sqlite3_close_v2(handle_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  sqlite3* handle() const { return handle_; }

 private:
  sqlite3* handle_ = nullptr;
};

// From now on the connection leaves -wal and -shm behind when it is closed, the -wal empty: without them a reader who
// cannot write the folder could not open the database. Also of a file that is not in WAL mode yet.
void keep_wal_files(sqlite3* db);

// Makes the -wal and -shm files of the database if they are missing, so that members of its group can read it. The
// caller holds the writer's lock. Throws DatabaseError.
void ensure_readable(const std::string& path);

// Lets the connection keep up to 32 MiB of pages in memory, unless somebody chose a number: what a transaction changes
// and does not fit is written to the log and read again, and SQLite's 2 MB hold some ten VMs.
void enlarge_page_cache(Database& database);

// Triggers do not fire on the connection during a scope. Then they are as they were before.
class WithoutTriggers {
 public:
  explicit WithoutTriggers(sqlite3* db);
  ~WithoutTriggers();
  WithoutTriggers(const WithoutTriggers&) = delete;
  WithoutTriggers& operator=(const WithoutTriggers&) = delete;

 private:
  sqlite3* db_;
  int before_ = 1;
};

// A transaction that writes, rolled back unless committed.
class Transaction {
 public:
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit() { database_.execute("COMMIT"); }

 private:
  Database& database_;
};

// A savepoint, rolled back unless released. Inside somebody's running write statement, which cannot hold one and
// rolls back by itself, it does nothing.
class Savepoint {
 public:
  explicit Savepoint(Database& database);
  ~Savepoint();
  Savepoint(const Savepoint&) = delete;
  Savepoint& operator=(const Savepoint&) = delete;
  void release();

 private:
  Database& database_;
  bool open_ = false;
};

}  // namespace virtsql
