// The objects of a schema (tables, indexes, views, triggers), as sqlite_master has them: those that a database has,
// those that the catalog asks for, and which of a database's objects virtsql made.
//
// The table virtsql_objects names the objects that virtsql made. Those of the schemas from before that table (versions
// 1 to 3) stand in first_schemas.h.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
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

// Returns the table, view or index of the name, or nullptr. Names compare without case, as in SQLite.
const SchemaObject* find_object(const std::vector<SchemaObject>& objects, std::string_view name);
// Returns the object that has the place of the other one, or nullptr: a trigger may have the name of a table.
const SchemaObject* find_object(const std::vector<SchemaObject>& objects, const SchemaObject& other);

// Returns what virtsql_objects.sql_digest has of the object: 64 bits of the digest of a view's or trigger's SQL.
// nullopt for a table or index, whose SQL others may change by ALTER TABLE.
std::optional<std::int64_t> sql_digest(const SchemaObject& object);

// Which objects of a database virtsql made; all others are somebody else's.
class OwnObjects {
 public:
  // `there`: all objects of `main`; `wanted`: those of the catalog's schema; `version`: the number of main's schema.
  OwnObjects(Database& database, const std::vector<SchemaObject>& there, const std::vector<SchemaObject>& wanted,
             int version);

  bool contains(const SchemaObject& object) const { return own_.contains({object.type, object.name}); }

 private:
  std::set<std::pair<std::string, std::string>> own_;  // types and names
};

}  // namespace virtsql
