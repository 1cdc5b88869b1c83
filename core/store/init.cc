#include "core/store/init.h"

#include <optional>
#include <string>

#include "core/base/version.h"
#include "core/schema/ddl.h"
#include "core/store/schema_mark.h"
#include "core/store/store_error.h"

namespace virtsql {
namespace {

// Lets the database give freed pages back. SQLite accepts this setting only while the file has no page; if it has one
// (PRAGMA journal_mode = WAL makes it), VACUUM applies the setting. It does so on a connection of its own, because the
// caller's is running a statement, SELECT virtsql_init(). REQUIRES: `main` is empty.
void vacuum_incrementally(Database& database) {
  database.execute("PRAGMA main.auto_vacuum = INCREMENTAL");
  constexpr std::int64_t kIncremental = 2;
  const std::string path = file_of(database.handle());
  if (path.empty() || sqlite3_get_autocommit(database.handle()) == 0 ||
      database.query_int("PRAGMA main.auto_vacuum") == kIncremental)
    return;
  Connection connection(path, SQLITE_OPEN_READWRITE, kPatienceMilliseconds);
  Database(connection.handle()).execute("PRAGMA auto_vacuum = INCREMENTAL; VACUUM");
}

// Throws StoreError if the database cannot have a schema of virtsql.
void refuse_unusable(Database& database) {
  if (database.query_int("SELECT count(*) FROM main.sqlite_master WHERE name NOT LIKE 'sqlite_%'") > 0)
    throw StoreError("the database has tables of something else than virtsql; give it an empty one");
  Statement statement(database.handle(), "PRAGMA main.encoding");
  statement.step();
  // The triggers of the views compare bytes of texts.
  if (const std::string encoding(statement.get_text(0)); encoding != "UTF-8")
    throw StoreError("the database keeps texts as " + encoding +
                     ", and virtsql needs UTF-8; give it an empty file, without PRAGMA encoding");
}

void refuse_readonly(Database& database) {
  if (sqlite3_db_readonly(database.handle(), "main") == 1)
    throw StoreError(
        "the database is open for reading only, so its schema stays as it is; open it for writing, then SELECT "
        "virtsql_init()");
}

}  // namespace

int init_schema(Database& database, const Catalog& catalog, WriterLockHeld held) {
  const std::optional<SchemaMark> mark = read_schema_mark(database);
  if (!mark) {
    refuse_unusable(database);
    refuse_readonly(database);
    vacuum_incrementally(database);
    Savepoint savepoint(database);
    create_schema(database, catalog, program_version());
    savepoint.release();
    return kSchemaVersion;
  }
  if (mark->sha256 == schema_sha256(catalog) && mark->version == kSchemaVersion) return kSchemaVersion;
  refuse_newer_schema(*mark, catalog);
  refuse_readonly(database);
  const std::string path = file_of(database.handle());
  if (sqlite3_get_autocommit(database.handle()) == 0)
    throw StoreError(
        "the database's schema is another one than this virtsql's; it cannot be migrated inside a transaction");
  if (path.empty()) throw StoreError("the schema of a database that is in no file cannot be migrated");
  migrate(path, catalog, held);
  return kSchemaVersion;
}

}  // namespace virtsql
