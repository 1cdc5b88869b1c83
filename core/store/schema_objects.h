// The objects of a schema, as sqlite_master has them: those of a database, those that the catalog asks for, and which
// of a database's are virtsql's own.
//
// What is ours is in virtsql_objects. Older schemas are known by the spelling of what the generator wrote.
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

// Those of `main`, without SQLite's own, in the order in which they were made.
std::vector<SchemaObject> read_objects(Database& database);

// The objects of the catalog's schema.
std::vector<SchemaObject> wanted_objects(const Catalog& catalog);

// The first of the name, or nullptr.
const SchemaObject* find_object(const std::vector<SchemaObject>& objects, std::string_view name);

// The names of the objects of `main` that virtsql made; the rest is somebody else's. `there` are all that it has,
// `wanted` those of the present schema.
std::set<std::string> own_names(Database& database, const std::vector<SchemaObject>& there,
                                const std::vector<SchemaObject>& wanted);

}  // namespace virtsql
