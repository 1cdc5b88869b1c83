// Making the schema in an empty database, and bringing an older one to the present.
#pragma once

#include "core/base/database.h"
#include "core/catalog/catalog.h"
#include "core/store/migrate.h"

namespace virtsql {

// The schema version that the database then has. `held`: whether this process holds the writer's lock, under which a
// migration is done. Throws StoreError for a database that is newer or somebody else's; DatabaseError.
int init_schema(Database& database, const Catalog& catalog, WriterLockHeld held);

}  // namespace virtsql
