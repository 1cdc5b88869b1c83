// How a schema changes: the tables are put aside under other names, the present schema is made, and what both have is
// copied. The catalog alone decides what the present schema is, so a new column, table, index or trigger needs no
// migration of its own; what is renamed in the catalog needs a statement between the two.
#include "core/migrate.h"

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "core/database.h"
#include "core/ddl.h"

namespace virtsql {
namespace {

constexpr char kOld[] = "virtsql_old_";

std::vector<std::string> texts(Database& database, const std::string& sql) {
  std::vector<std::string> out;
  Statement statement(database.handle(), sql);
  while (statement.step()) out.emplace_back(statement.get_text(0));
  return out;
}

std::string text_literal(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? "''" : std::string(1, c);
  return out + "'";
}

// Settings of the connection that stand in the way, off for a while. They cannot be changed inside a transaction.
class Settings {
 public:
  explicit Settings(Database& database)
      : database_(database),
        foreign_keys_(database.query_int("PRAGMA foreign_keys")),
        legacy_(database.query_int("PRAGMA legacy_alter_table")) {
    // So that renaming a table leaves what others say of it as it is.
    database.execute("PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON");
  }
  ~Settings() {
    try {
      database_.execute("PRAGMA foreign_keys = " + std::to_string(foreign_keys_) +
                        "; PRAGMA legacy_alter_table = " + std::to_string(legacy_));
    } catch (const DatabaseError&) {
      // Only where there is no memory; the connection is of no use then.
    }
  }
  Settings(const Settings&) = delete;
  Settings& operator=(const Settings&) = delete;

 private:
  Database& database_;
  std::int64_t foreign_keys_;
  std::int64_t legacy_;
};

// Rolls back unless committed.
class Transaction {
 public:
  explicit Transaction(Database& database) : database_(database) { database_.execute("BEGIN IMMEDIATE"); }
  ~Transaction() {
    if (sqlite3_get_autocommit(database_.handle()) != 0) return;
    try {
      database_.execute("ROLLBACK");
    } catch (const DatabaseError&) {
      // Rolled back by SQLite itself.
    }
  }
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit() { database_.execute("COMMIT"); }

 private:
  Database& database_;
};

// Leaves <database>.bak, whole and checked.
void back_up(Database& database, const std::string& file) {
  const std::string backup = file + ".bak";
  const std::string unfinished = backup + ".new";
  std::error_code ignored;
  std::filesystem::remove(unfinished, ignored);
  database.execute("VACUUM main INTO " + text_literal(unfinished));
  database.execute("ATTACH " + text_literal(unfinished) + " AS virtsql_backup");
  const std::vector<std::string> found = texts(database, "PRAGMA virtsql_backup.integrity_check");
  database.execute("DETACH virtsql_backup");
  if (found.size() != 1 || found[0] != "ok")
    throw std::runtime_error("the database is damaged and is not migrated: " + (found.empty() ? "" : found[0]));
  std::filesystem::permissions(unfinished, std::filesystem::status(file).permissions());
  std::filesystem::rename(unfinished, backup);
}

// The columns of a table that hold something: those that are not computed. None of what is a view by now.
std::vector<std::string> stored_columns(Database& database, const std::string& table) {
  return texts(database,
               "SELECT x.name FROM main.sqlite_master AS m, pragma_table_xinfo(m.name) AS x WHERE m.type = "
               "'table' AND m.name = " +
                   text_literal(table) + " AND x.hidden = 0");
}

void put_aside(Database& database) {
  const std::string own = "name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
  for (const char* kind : {"trigger", "view", "index"})
    for (const std::string& name :
         texts(database, std::string("SELECT name FROM main.sqlite_master WHERE sql IS NOT NULL AND type = '") + kind +
                             "' AND " + own))
      database.execute(std::string("DROP ") + kind + " main." + quote_identifier(name));
  for (const std::string& name : texts(database, "SELECT name FROM main.sqlite_master WHERE type = 'table' AND " + own))
    database.execute("ALTER TABLE main." + quote_identifier(name) + " RENAME TO " + quote_identifier(kOld + name));
}

void copy_back(Database& database) {
  const std::string prefix = kOld;
  for (const std::string& old :
       texts(database, "SELECT name FROM main.sqlite_master WHERE type = 'table' AND substr(name, 1, " +
                           std::to_string(prefix.size()) + ") = " + text_literal(prefix))) {
    const std::string name = old.substr(prefix.size());
    const std::vector<std::string> before = stored_columns(database, old);
    std::string columns;
    for (const std::string& column : stored_columns(database, name))
      for (const std::string& other : before)
        if (column == other) columns += (columns.empty() ? "" : ", ") + quote_identifier(column);
    if (!columns.empty())
      database.execute("INSERT INTO main." + quote_identifier(name) + " (" + columns + ") SELECT " + columns +
                       " FROM main." + quote_identifier(old));
    database.execute("DROP TABLE main." + quote_identifier(old));
  }
}

}  // namespace

void migrate(const std::string& path, const Catalog& catalog) {
  struct Closer {
    void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  };
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE, nullptr);
  const std::unique_ptr<sqlite3, Closer> connection(handle);
  if (code != SQLITE_OK) throw DatabaseError(code, path + ": " + sqlite3_errstr(code));
  sqlite3_busy_timeout(handle, 10000);
  // So that the -wal and -shm files of a database that others read without rights of writing stay.
  int persist = 1;
  sqlite3_file_control(handle, "main", SQLITE_FCNTL_PERSIST_WAL, &persist);
  Database database(handle);
  back_up(database, path);
  const Settings settings(database);
  Transaction transaction(database);
  if (database.query_int("PRAGMA main.user_version") >= kSchemaVersion) return;
  put_aside(database);
  database.execute(schema_ddl(catalog));
  copy_back(database);
  if (const std::vector<std::string> broken = texts(database, "PRAGMA main.foreign_key_check"); !broken.empty())
    throw std::runtime_error("the database is not migrated: rows of " + broken[0] + " refer to what is not there");
  database.execute("PRAGMA main.user_version = " + std::to_string(kSchemaVersion));
  transaction.commit();
}

}  // namespace virtsql
