// SQLite, as the rest of core uses it: errors become exceptions, statements are finalized and reset by destructors.
#pragma once

#ifdef VIRTSQL_EXTENSION
// A loadable extension calls SQLite through the table of functions that SQLite hands over at loading.
#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT3
#else
#include <sqlite3.h>
#endif

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace virtsql {

// Returns the primary result code of an extended one: SQLITE_BUSY of SQLITE_BUSY_SNAPSHOT.
inline int primary_code(int code) { return code & 0xFF; }

// An error of SQLite, with its (extended) result code.
struct DatabaseError : std::runtime_error {
  DatabaseError(int result_code, const std::string& message) : std::runtime_error(message), code(result_code) {}
  int primary() const { return primary_code(code); }
  int code;
};

// Throws DatabaseError, with the connection's message, unless the code is SQLITE_OK.
void require_ok(sqlite3* db, int code);

// Whether SQLite's result code means that a value cannot be stored (a constraint, a type, a size), so that another try
// would fail in the same way. Every other code is about the database or the moment: locks, memory, disk, damage.
bool is_value_error(int code);

// Whether SQLite's result code means that a value or the schema refuses the statement: is_value_error(), or
// SQLITE_ERROR, as of a trigger that names a table that is not there. Another try would fail in the same way.
bool is_refusal(int code);

// Returns the text to bind for a column that has NULL in place of empty text: a view without data if the text is empty.
inline std::string_view null_if_empty(std::string_view text) { return text.empty() ? std::string_view() : text; }

// A prepared statement. Numbers are SQLite's: parameters count from 1, columns from 0. Throws DatabaseError.
class Statement {
 public:
  Statement(sqlite3* db, std::string_view sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Text and blobs are not copied: they must stay valid until the statement is reset. A view without data binds NULL.
  void bind_text(int parameter, std::string_view value);
  // As bind_text(), but the text is copied and may end before the statement is reset.
  void bind_text_copy(int parameter, const std::string& value);
  void bind_blob(int parameter, std::string_view value);
  void bind_int(int parameter, std::int64_t value);
  void bind_real(int parameter, double value);
  void bind_null(int parameter);

  // Steps to the first or next row. Returns false if there is none.
  bool step();
  // Runs the statement to its end, ignores its rows, and resets it.
  void run();
  void reset();

  bool is_null(int column) const { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }
  std::int64_t get_int(int column) const { return sqlite3_column_int64(handle_, column); }
  // The view is valid until the next step or reset. It has no data if the value is NULL.
  std::string_view get_text(int column) const;
  std::string_view get_blob(int column) const;

  sqlite3_stmt* handle() { return handle_; }

 private:
  void check(int code) const;
  sqlite3_stmt* handle_ = nullptr;
  bool is_reset_ = true;  // no value was bound and no step taken since the last reset
};

// Resets the statement at the end of a scope, so that it holds no lock and no borrowed text any longer.
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

class Database;

// SQL text that remembers its prepared statement, so that Database::prepared() need not look the text up each time. It
// is used with one Database only.
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
  const Database* database_ = nullptr;  // whose statement it remembers
  Statement* statement_ = nullptr;
  unsigned generation_ = 0;
};

// A borrowed connection (the shell's, or a Connection's), with the statements prepared on it. Never closes it.
class Database {
 public:
  explicit Database(sqlite3* borrowed) : db_(borrowed) {}

  sqlite3* handle() const { return db_; }
  // Runs all statements of the text. Throws DatabaseError, and leaves what the statements before did.
  void execute(const std::string& sql);
  // Returns the statement for the SQL text, prepared at the first call. Valid until forget_statements().
  Statement& prepared(const std::string& sql);
  Statement& prepared(CachedSql& sql);
  std::int64_t last_insert_id() const { return sqlite3_last_insert_rowid(db_); }
  // Returns the first column of the first row, 0 if there is no row.
  std::int64_t query_int(const std::string& sql);
  // Finalizes all statements. Call it before the connection is closed.
  void forget_statements() {
    statements_.clear();
    ++generation_;
  }

 private:
  sqlite3* db_;
  std::unordered_map<std::string, std::unique_ptr<Statement>> statements_;
  unsigned generation_ = 1;  // grows with forget_statements(), so that a CachedSql notices
};

// How long programs wait for a locked database that have nothing else to do meanwhile.
inline constexpr int kPatienceMilliseconds = 30000;

// A connection that this object opens, and closes at the end of its scope.
class Connection {
 public:
  // `flags` are those of sqlite3_open_v2. The connection waits for locks of others as long as its patience says. If it
  // may write, it keeps the WAL files, see keep_wal_files(). Throws DatabaseError.
  Connection(const std::string& path, int flags, int patience_milliseconds);
  ~Connection() { sqlite3_close_v2(handle_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  sqlite3* handle() const { return handle_; }

 private:
  sqlite3* handle_ = nullptr;
};

// Makes the connection leave the files -wal (empty) and -shm behind when it is closed. Without these files a reader who
// cannot write the folder could not open the database. Works also before the database is in WAL mode.
void keep_wal_files(sqlite3* db);

// Makes the -wal and -shm files of the database if they are missing, so that members of its group can read it. Throws
// DatabaseError. REQUIRES: the caller holds the writer's lock.
void ensure_readable(const std::string& path, int patience_milliseconds);

// Lets the connection keep up to 32 MiB of pages in memory, unless somebody has chosen another size than SQLite's
// default. Changed pages that do not fit are written to the log and read again, and the default of 2 MB holds the pages
// of some ten VMs only.
void enlarge_page_cache(Database& database);

// Returns the path of the file of `main`; empty if it is in memory.
std::string file_of(sqlite3* db);

// Removes the database file and what SQLite keeps beside it. What is not there, or cannot be removed, is passed over.
// REQUIRES: nobody has the database open.
void remove_database(const std::string& path);

// A switch of the connection, SQLITE_DBCONFIG_*, is on or off during a scope, and at its end as before.
class Switched {
 public:
  Switched(sqlite3* db, int option, bool on);
  ~Switched();
  Switched(const Switched&) = delete;
  Switched& operator=(const Switched&) = delete;

 private:
  sqlite3* db_;
  int option_;
  bool before_;
};

// Turns a switch of the connection on or off, and says whether it is on.
void switch_option(sqlite3* db, int option, bool on);
bool is_on(sqlite3* db, int option);

// Switches the connection's triggers off during a scope.
class WithoutTriggers : public Switched {
 public:
  explicit WithoutTriggers(sqlite3* db) : Switched(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, false) {}
};

// Returns the bytes of an argument, text or blob, and a number as text. They are SQLite's and valid until it converts
// or frees the value. Empty for NULL. Throws std::bad_alloc if SQLite is out of memory.
std::string_view bytes_of(sqlite3_value* value);

// A transaction that writes from its begin on (BEGIN IMMEDIATE). Rolled back unless committed.
class Transaction {
 public:
  // Waits for the write lock as long as the connection waits for locks. Throws DatabaseError.
  explicit Transaction(Database& database);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  // Throws DatabaseError; then the transaction is rolled back.
  void commit() { database_.execute("COMMIT"); }

 private:
  Database& database_;
};

// A savepoint, rolled back unless released. Does nothing inside a running statement that writes: there SQLite opens no
// savepoint, and that statement rolls back by itself.
class Savepoint {
 public:
  // These two throw DatabaseError.
  explicit Savepoint(Database& database);
  ~Savepoint();
  Savepoint(const Savepoint&) = delete;
  Savepoint& operator=(const Savepoint&) = delete;
  void release();
  // Whether there is a savepoint that can be rolled back.
  bool is_open() const { return open_; }

 private:
  Database& database_;
  bool open_ = false;
};

}  // namespace virtsql
