// What the views show of a row though other rows say it: JSON of the rows that belong to it, and what was seen of the
// same thing elsewhere ({json NAME} and {seen NAME TABLE COLUMN} of the catalog).
//
// Devices have these columns in their views vm_<plural>. Of tables that are no devices (cpus, filter_refs) there are
// views for reading, vm_<table>: host, VM, the table's columns, and these. They need no extension and work with
// trusted_schema off.
//
// Tested by tests/sql/related.sql.
#pragma once

#include <string>
#include <vector>

#include "core/catalog/catalog.h"

namespace virtsql {

// How SQL names the row that the column is of.
struct RelatedRow {
  std::string id;       // its id
  std::string same;     // the value of {seen}'s column
  std::string host_id;  // its host
};

// The column's value as an SQL expression; NULL if there are no such rows.
std::string related_sql(const Related& related, const RelatedRow& row);

// The tables that have a view for reading, and what it is called.
std::vector<const Table*> tables_with_related(const Catalog& catalog);
std::string related_view_name(const Table& table);

// CREATE VIEW for each of them.
std::string related_views_ddl(const Catalog& catalog);

}  // namespace virtsql
