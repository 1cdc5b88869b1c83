// An SQLite extension that does nothing, but is linked with the libraries of virtsql.so. Loading it costs what the
// dynamic linker needs for these libraries in any case.
#include <sqlite3ext.h>
SQLITE_EXTENSION_INIT1

extern "C" int sqlite3_extension_init(sqlite3*, char**, const sqlite3_api_routines* api) {
  SQLITE_EXTENSION_INIT2(api);
  return SQLITE_OK;
}
