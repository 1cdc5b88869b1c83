// The loadable extension: its entry point.
//
//   sqlite> .load virtsql
//   sqlite> SELECT virtsql_init();
//   sqlite> SELECT domain_import(readfile('web.xml'));
//   sqlite> UPDATE disk_attachments SET driver_cache = 'none' WHERE device_name = 'vda';
//   sqlite> SELECT domain_xml('web');
//
// Each part is one file: functions.cc (scalar functions), validate.cc (domain_validate), and the table-valued functions
// that use table_function.h: schema_tables.cc (virtsql_catalog, virtsql_tables, virtsql_search), leaves_table.cc
// (xml_leaves), diff_table.cc (domain_diff, domain_drift, domain_changes), history_table.cc (domain_history),
// rows_tables.cc (disk_attachments_in, ...), help_table.cc (virtsql_help), text_diff_table.cc (text_diff),
// cpuset_table.cc (cpuset_cpus). report.cc makes the page of virtsql_report(). All parts share one Session, which
// holds the prepared statements.
#include "sqlite_ext/extension.h"

SQLITE_EXTENSION_INIT1

namespace virtsql::extension {
namespace {

int register_all(sqlite3* db, char** error_message) {
  keep_wal_files(db);
  const auto session = std::make_shared<Session>(db);
  int code = SQLITE_OK;
  for (const auto& part : {register_functions, register_validate, register_schema_tables, register_cpuset_table,
                           register_leaves_table, register_diff_tables, register_history_table, register_rows_tables,
                           register_help_table, register_text_diff_table})
    if (code == SQLITE_OK) code = part(db, session);
  // This query connects a table now, so that closing the connection disconnects it (see disconnect() in
  // table_function.cc). If the schema is locked, the query fails, but the extension must load all the same.
  if (code == SQLITE_OK) code = sqlite3_exec(db, "SELECT 1 FROM virtsql_catalog LIMIT 0", nullptr, nullptr, nullptr);
  if (primary_code(code) == SQLITE_BUSY || primary_code(code) == SQLITE_LOCKED) code = SQLITE_OK;
  // With foreign keys on, deleting a VM deletes its devices too.
  if (code == SQLITE_OK) code = sqlite3_exec(db, "PRAGMA foreign_keys = ON", nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) *error_message = sqlite3_mprintf("virtsql: %s", sqlite3_errmsg(db));
  return code;
}

}  // namespace
}  // namespace virtsql::extension

extern "C" __attribute__((visibility("default"))) int sqlite3_virtsql_init(sqlite3* db, char** error_message,
                                                                           const sqlite3_api_routines* api) {
  SQLITE_EXTENSION_INIT2(api);
  using namespace virtsql::extension;
  return enter("virtsql", error_message, [&] { return register_all(db, error_message); });
}
