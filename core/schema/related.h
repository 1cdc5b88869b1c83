// Columns that a view shows of a row although their values are in other rows: the JSON of the rows that belong to it
// ({json NAME} of the catalog), and a value of the same thing in another table ({seen NAME TABLE COLUMN}).
//
// Devices have these columns in their views vm_<plural>. Tables that are not of devices (cpus, filter_refs) have views
// for reading, vm_<table>, with host, VM, the table's columns, and these columns. The views need no extension and work
// with trusted_schema off.
//
// Tested by tests/core/schema/related_test.cc and tests/sql/related.sql.
#pragma once

#include <string>
#include <vector>

#include "core/catalog/catalog.h"

namespace virtsql {

// The SQL of what related_sql() needs of the row for which the column is shown.
struct RelatedRow {
  std::string id;       // its id
  std::string same;     // of {seen}: its value in the column that must be equal
  std::string host_id;  // of {seen}: its host
};

// Returns the column's value as an SQL expression, which is NULL if there are no such rows.
std::string related_sql(const Related& related, const RelatedRow& row);

// The tables that have a view for reading (vm_<table>), and the name of that view.
std::vector<const Table*> tables_with_related(const Catalog& catalog);
std::string related_view_name(const Table& table);

// Returns CREATE VIEW for each of these tables.
std::string related_views_ddl(const Catalog& catalog);

}  // namespace virtsql
