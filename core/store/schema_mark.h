// What a database says about its schema, and what this program may do with the database.
//
// A schema is known by the digest of the DDL that made it. The table virtsql_database has the digest and the version of
// the program. Databases of schema versions 1 to 3 do not have that table, only PRAGMA application_id and user_version.
// A database that was restored from sqlite3's .dump has virtsql_database, and neither PRAGMA.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/database.h"
#include "core/catalog/catalog.h"
#include "core/store/schema_objects.h"
#include "core/store/store_error.h"

namespace virtsql {

struct SchemaMark {
  int version = 0;      // PRAGMA user_version; 0 in a database that came from a dump
  std::string sha256;   // of its DDL, in hexadecimal digits; empty before schema version 4
  std::string made_by;  // the version of the program that made the schema; empty before schema version 4
};

// Returns the SHA-256 of the catalog's DDL, in hexadecimal digits.
std::string schema_sha256(const Catalog& catalog);

// Returns what `main` says about its schema; nothing if it is no database of virtsql.
std::optional<SchemaMark> read_schema_mark(Database& database);

// Stores the digest of the schema of `main`, the program version that made it, and the names of its objects. Throws
// DatabaseError.
void write_schema_mark(Database& database, std::string_view digest, std::string_view made_by,
                       const std::vector<SchemaObject>& objects);

// Returns the error that `main` is no database of virtsql.
StoreError no_schema();

enum class Access { kRead, kWrite };

// Throws StoreError, with the way out, unless the program may do what it wants to with `main`. It may write if the
// schema is its own. It may read if the schema is its own, or another one (of schema version 4 or later) that has every
// table and column of the catalog.
void check_schema(Database& database, const Catalog& catalog, Access access);

// Throws StoreError if a newer program made a schema that is not this program's: this program must not change it.
void refuse_newer_schema(const SchemaMark& mark, const Catalog& catalog);

}  // namespace virtsql
