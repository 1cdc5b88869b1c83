// Temporary tables that hide virtsql's.
#pragma once

#include "core/base/database.h"
#include "core/catalog/catalog.h"

namespace virtsql {

// SQLite takes a name without a schema for that of a temporary table, if there is one: virtsql would read and write
// somebody's copy of a table, as if it were the table. Throws StoreError, which names it, if the connection has a
// temporary table or view with the name of a table that virtsql uses.
void refuse_shadowed_tables(Database& database, const Catalog& catalog);

}  // namespace virtsql
