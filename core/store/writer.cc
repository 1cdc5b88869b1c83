#include "core/store/writer.h"

#include "core/catalog/catalog.h"
#include "core/store/pure_functions.h"

namespace virtsql {
namespace {

// Whether the database has triggers that virtsql did not make.
bool has_foreign_triggers(Database& database) {
  return database.query_int(
             "SELECT EXISTS (SELECT 1 FROM main.sqlite_master WHERE type = 'trigger' AND name NOT IN (SELECT name FROM "
             "main.virtsql_objects))") != 0;
}

}  // namespace

Writer::Writer(const std::string& path, int patience)
    : connection_(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, patience),
      database_(connection_.handle()),
      recent_(database_),
      store_(database_, Catalog::standard(), &recent_) {
  require_ok(connection_.handle(), register_pure_functions(connection_.handle()));
  // Before anything is written: a file that has a page keeps the auto_vacuum that it has.
  database_.execute("PRAGMA auto_vacuum = INCREMENTAL");
  database_.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF");
  store_.init(WriterLockHeld::kYes);
  // Not before init(): until then the database may have been anything, also one without virtsql_objects.
  if (!has_foreign_triggers(database_)) switch_option(connection_.handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, false);
  enlarge_page_cache(database_);
  // temp_store: pages that SQLite keeps in case a statement fails stay in memory, not in files of /var/tmp, which may
  // be full. wal_autocheckpoint: pages go to the database file once for many commits, so that a page that many
  // transactions change costs one write.
  database_.execute("PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 4000");
}

void Writer::checkpoint() {
  const int patience = static_cast<int>(database_.query_int("PRAGMA busy_timeout"));
  sqlite3_busy_timeout(connection_.handle(), 0);
  // The result is not checked: it is no error if readers in a transaction still need what is in the WAL.
  sqlite3_wal_checkpoint_v2(connection_.handle(), "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  sqlite3_busy_timeout(connection_.handle(), patience);
}

}  // namespace virtsql
