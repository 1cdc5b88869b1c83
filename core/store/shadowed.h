// Temporary tables and views that hide virtsql's.
#pragma once

#include "core/base/database.h"

namespace virtsql {

// SQLite takes a name without a schema for that of a temporary table or view, if there is one: virtsql would read and
// write somebody's copy of a table, as if it were the table. Throws StoreError, which names it, if the connection has a
// temporary table or view with the name of a table or view that virtsql made. REQUIRES: the schema of `main` is of
// version 4 or later, from when on it names what virtsql made.
void refuse_shadowed_objects(Database& database);

}  // namespace virtsql
