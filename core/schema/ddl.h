// The schema: DDL from the catalog, and the fixed tables of sql/schema.sql.
#pragma once

#include <string>
#include <vector>

#include "core/catalog/catalog.h"

namespace virtsql {

// "virt" in ASCII: PRAGMA application_id of a virtsql database.
inline constexpr int kApplicationId = 0x76697274;
// PRAGMA user_version: the schema's version.
inline constexpr int kSchemaVersion = 4;

// A column that the catalog's tables have besides those of the XML.
struct HousekeepingColumn {
  std::string name;
  std::string definition;  // type and constraints
  std::string doc;
  std::vector<std::string> words = {};  // the only values that it may have; empty: any
};

// The housekeeping columns of a table, in order.
std::vector<HousekeepingColumn> housekeeping_columns(const Table& table);

// The whole DDL, one statement a line group, ready to run on an empty database.
std::string schema_ddl(const Catalog& catalog);

}  // namespace virtsql
