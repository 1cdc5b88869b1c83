// The schema: DDL from the catalog, and the fixed tables of sql/schema.sql.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/catalog/catalog.h"

namespace virtsql {

// "virt" in ASCII: PRAGMA application_id of a virtsql database.
inline constexpr int kApplicationId = 0x76697274;
// PRAGMA user_version: the schema's version.
inline constexpr int kSchemaVersion = 4;

// A column that a catalog's table has besides the columns with the XML's values: a key, a state, an order.
struct HousekeepingColumn {
  std::string name;
  std::string definition;  // type and constraints
  std::string doc;
  std::vector<std::string> words = {};  // the only values that it may have; empty: any
};

// Returns the SQLite type of a column with values of this type, and how they compare: INTEGER, TEXT COLLATE NOCASE.
std::string_view sqlite_type(Type type);

// Returns the housekeeping columns of a table, in the order in which the table has them.
std::vector<HousekeepingColumn> housekeeping_columns(const Table& table);

// Returns the whole DDL, ready to run on an empty database. Each statement begins on a new line.
std::string schema_ddl(const Catalog& catalog);

}  // namespace virtsql
