#include "core/store/migrate.h"

#include <optional>

#include "core/base/version.h"
#include "core/schema/ddl.h"
#include "core/spool/config.h"
#include "core/store/database_copy.h"
#include "core/store/lock.h"
#include "core/store/migration.h"
#include "core/store/pure_functions.h"
#include "core/store/schema_mark.h"
#include "core/store/schema_objects.h"
#include "core/store/store_error.h"

namespace virtsql {

void create_schema(Database& database, const Catalog& catalog, std::string_view made_by) {
  database.execute(schema_ddl(catalog));
  write_schema_mark(database, schema_sha256(catalog), made_by, read_objects(database));
}

void migrate(const std::string& path, const Catalog& catalog, WriterLockHeld held) {
  std::optional<FileLock> lock;
  if (held == WriterLockHeld::kNo) {
    Config config;
    config.database = path;
    lock.emplace(config.lock_path(), Wait::kYes);
  }
  Connection connection(path, SQLITE_OPEN_READWRITE, kPatienceMilliseconds);
  require_ok(connection.handle(), register_pure_functions(connection.handle()));
  Database database(connection.handle());
  database.execute("PRAGMA foreign_keys = OFF");
  switch_option(connection.handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, false);
  const std::string digest = schema_sha256(catalog);
  const std::vector<SchemaObject> wanted = wanted_objects(catalog);
  for (;;) {
    // A program that ignores the writer's lock may write before the transaction begins. data_version shows it; then
    // what was read and copied is out of date, and everything starts again.
    const std::int64_t seen = database.query_int("PRAGMA main.data_version");
    const std::optional<SchemaMark> mark = read_schema_mark(database);
    if (!mark) throw no_schema();
    const bool same = mark->sha256 == digest;
    if (same && mark->version == kSchemaVersion) return;
    refuse_newer_schema(*mark, catalog);
    std::optional<DatabaseCopy> copy;
    if (!same && ((mark->version != 0 && mark->version < kSchemaVersion) ||
                  Migration(database, catalog, wanted, mark->version).needs_copy()))
      copy.emplace(database, path);
    Transaction transaction(database);
    if (database.query_int("PRAGMA main.data_version") != seen) continue;
    std::vector<SchemaObject> ours = wanted;
    if (!same) {
      Migration migration(database, catalog, wanted, mark->version);
      migration.run();
      ours = migration.objects();
    }
    write_schema_mark(database, digest, program_version(), ours);
    if (copy) copy->keep();
    transaction.commit();
    return;
  }
}

}  // namespace virtsql
