// The objects of a schema (tables, indexes, views, triggers), as sqlite_master has them: those that a database has,
// those that the catalog asks for, and which of a database's objects virtsql made.
//
// The table virtsql_objects names the objects that virtsql made. Schemas from before that table (versions 1 to 3) are
// recognized by how their generator spelled the SQL.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/database.h"
#include "core/catalog/catalog.h"

namespace virtsql {

// A row of sqlite_master.
struct SchemaObject {
  std::string type;
  std::string name;
  std::string table;
  std::string sql;
  bool operator==(const SchemaObject&) const = default;
};

// Returns the objects of `main`, without SQLite's own, in the order in which they were made.
std::vector<SchemaObject> read_objects(Database& database);

// Returns the objects of the catalog's schema.
std::vector<SchemaObject> wanted_objects(const Catalog& catalog);

// Returns the first object of the name, or nullptr.
const SchemaObject* find_object(const std::vector<SchemaObject>& objects, std::string_view name);

// Returns the names of the objects of `main` that virtsql made; all others are somebody else's. `there` has all objects
// of `main`.
std::set<std::string> own_names(Database& database, const std::vector<SchemaObject>& there);

}  // namespace virtsql
