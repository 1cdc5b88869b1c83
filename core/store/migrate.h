// Making the schema, and bringing an older one to the present.
#pragma once

#include <string>

#include "core/base/database.h"
#include "core/catalog/catalog.h"

namespace virtsql {

// Makes the catalog's schema in `main`, which must be empty, as part of the caller's transaction. `made_by` is the
// version of the program.
void create_schema(Database& database, const Catalog& catalog, std::string_view made_by);

enum class WriterLockHeld { kNo, kYes };

// Brings the database file to the catalog's schema, with everything that is in its tables; whatever in it is not
// virtsql's stays as it is. Either all of it happens or nothing.
//
// Tables, columns and indexes that are new are added, views and triggers replaced. If a table that has rows must be
// made anew (its columns have other types, or fewer), or the schema's version was raised, a copy of the database is
// left beside it first, as <database>.<time>-<n>.bak; the two newest copies stay.
//
// Waits for the writer's lock unless the caller says that this process holds it; if another connection brought the
// schema up to date meanwhile, nothing is done. Works on a connection of its own, as none of it can be done while a
// statement runs on the one that asks.
//
// Throws StoreError if a newer program made the schema, or something in the database is in the way;
// DatabaseError or std::runtime_error if the database or the disk fails.
void migrate(const std::string& path, const Catalog& catalog, WriterLockHeld held);

}  // namespace virtsql
