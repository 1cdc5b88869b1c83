// Makes the schema, and migrates an older schema to the present one.
#pragma once

#include <string>

#include "core/base/database.h"
#include "core/catalog/catalog.h"

namespace virtsql {

// Makes the catalog's schema in `main` and records what made it (schema_mark.h), as part of the caller's transaction.
// `made_by` is the version of the program. REQUIRES: `main` is empty.
void create_schema(Database& database, const Catalog& catalog, std::string_view made_by);

enum class WriterLockHeld { kNo, kYes };

// Migrates the database file to the catalog's schema and keeps the contents of its tables. Objects in it that are not
// virtsql's stay as they are. Either all of it happens or nothing.
//
// New tables, columns and indexes are added, views and triggers replaced. If a table that has rows must be made anew
// (its columns have other types, or fewer), or the schema's version was raised, a copy of the database is left beside
// it first, as <database>.<time>-<n>.bak; only the two newest copies stay.
//
// Waits for the writer's lock unless the caller says that this process holds it. Does nothing if another connection
// migrated the schema meanwhile. Works on a connection of its own, because a migration is impossible while a statement
// runs on the connection, as one does on the connection of the caller.
//
// Throws StoreError if the database is not virtsql's, if a newer program made the schema, or if something in the
// database is in the way; DatabaseError or std::runtime_error if the database or the disk fails.
void migrate(const std::string& path, const Catalog& catalog, WriterLockHeld held);

}  // namespace virtsql
