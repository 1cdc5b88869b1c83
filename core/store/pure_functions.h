// SQL functions that depend on their arguments alone. Every connection of ours has them, so that an index or a trigger
// which uses them works in the drainer as in a shell with the extension.
//
//   xml_json(xml)    XML as lossless JSON
//   json_xml(json)   and back
#pragma once

#include "core/base/database.h"

namespace virtsql {

// Registers them, DETERMINISTIC and INNOCUOUS; an SQLite result code.
int register_pure_functions(sqlite3* db);

}  // namespace virtsql
