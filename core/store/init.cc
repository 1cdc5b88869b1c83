#include "core/store/init.h"

#include <optional>
#include <string>

#include "core/base/version.h"
#include "core/schema/ddl.h"
#include "core/store/schema_mark.h"
#include "core/store/store_error.h"

namespace virtsql {

int init_schema(Database& database, const Catalog& catalog, WriterLockHeld held) {
  const std::optional<SchemaMark> mark = read_schema_mark(database);
  if (!mark) {
    if (database.query_int("SELECT count(*) FROM main.sqlite_master WHERE name NOT LIKE 'sqlite_%'") > 0)
      throw StoreError("the database has tables of something else than virtsql; give it an empty one");
    // SQLite accepts this setting only while the file has no page. If it has one (PRAGMA journal_mode = WAL makes it),
    // VACUUM applies the setting.
    database.execute("PRAGMA main.auto_vacuum = INCREMENTAL");
    constexpr std::int64_t kIncremental = 2;
    if (database.query_int("PRAGMA main.auto_vacuum") != kIncremental && sqlite3_get_autocommit(database.handle()) != 0)
      database.execute("VACUUM main");
    Savepoint savepoint(database);
    create_schema(database, catalog, program_version());
    savepoint.release();
    return kSchemaVersion;
  }
  if (mark->sha256 == schema_sha256(catalog) && mark->version == kSchemaVersion) return kSchemaVersion;
  refuse_newer_schema(*mark, catalog);
  const std::string path = sqlite3_db_filename(database.handle(), "main");
  if (sqlite3_get_autocommit(database.handle()) == 0)
    throw StoreError(
        "the database's schema is another one than this virtsql's; it cannot be migrated inside a transaction");
  if (path.empty()) throw StoreError("the schema of a database that is in no file cannot be migrated");
  migrate(path, catalog, held);
  return kSchemaVersion;
}

}  // namespace virtsql
