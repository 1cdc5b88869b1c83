// Makes the schema in an empty database, or migrates an older one to the present schema.
#pragma once

#include "core/base/database.h"
#include "core/catalog/catalog.h"
#include "core/store/migrate.h"

namespace virtsql {

// Makes the schema in an empty database, or migrates the database's schema, and returns the schema version that the
// database then has. `held`: whether this process holds the writer's lock, which a migration needs. Throws StoreError
// if a newer program made the schema, if the database has tables but is not virtsql's, or if a migration is needed but
// a transaction is open or the database is in no file; DatabaseError or std::runtime_error as migrate() does.
int init_schema(Database& database, const Catalog& catalog, WriterLockHeld held);

}  // namespace virtsql
