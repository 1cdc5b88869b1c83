// SQL functions that depend on their arguments alone. The writer's connection has them as well as a shell with the
// extension, so that an index or a trigger that uses them works in both.
//
//   xml_json(xml)    XML as lossless JSON
//   json_xml(json)   and back
#pragma once

#include "core/base/database.h"

namespace virtsql {

// Registers the functions as DETERMINISTIC and INNOCUOUS. Returns an SQLite result code.
[[nodiscard]] int register_pure_functions(sqlite3* db);

}  // namespace virtsql
