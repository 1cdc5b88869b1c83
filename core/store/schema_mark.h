// What a database says about its schema, and what this program may do with it.
//
// The schema is known by the digest of the DDL that made it, kept in virtsql_database beside the version of the
// program. Databases from before that (schema versions 1 to 3) have PRAGMA application_id and user_version alone. A
// database that sqlite3's .dump wrote has virtsql_database, and neither PRAGMA.
#pragma once

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/database.h"
#include "core/catalog/catalog.h"
#include "core/store/schema_objects.h"

namespace virtsql {

// An answer in words for whoever asked: what was given, what is wrong with it, the way out.
struct StoreError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct SchemaMark {
  int version = 0;      // PRAGMA user_version; 0 in a database that came from a dump
  std::string sha256;   // of its DDL, in hexadecimal digits; empty before schema version 4
  std::string made_by;  // the version of the program that made the schema; empty before schema version 4
};

// The digest of the catalog's DDL, in hexadecimal digits.
std::string schema_sha256(const Catalog& catalog);

// What `main` says about its schema; nothing if it is no database of virtsql.
std::optional<SchemaMark> read_schema_mark(Database& database);

// Writes down what made the schema of `main`, and which objects are of it. Throws DatabaseError.
void write_schema_mark(Database& database, std::string_view digest, std::string_view made_by,
                       const std::vector<SchemaObject>& objects);

enum class Access { kRead, kWrite };

// Whether the program may do with `main` what it wants to: write if the schema is its own; read if, besides, every
// table and column of the catalog is there. Throws StoreError, with the way out.
void check_schema(Database& database, const Catalog& catalog, Access access);

// Throws StoreError if a newer program made the schema: it is not changed then.
void refuse_newer_schema(const SchemaMark& mark, const Catalog& catalog);

}  // namespace virtsql
