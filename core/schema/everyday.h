// The everyday views: few columns, libvirt's own words, for people.
//
// Each view is a file of sql/views/ and built in. What a view is made of is said there once: its meaning in the comment
// above it, its columns with type and meaning in its column list (described.h). So the DDL, virtsql_catalog,
// virtsql_search and the reference say the same. Three places of that text are filled from elsewhere:
//
//   @DEVICES@   vm_devices.h
//   @FILES@     host_files.h
//   @FINDINGS@  findings.h
//
// Tested by tests/core/schema/everyday_test.cc and tests/sql/everyday.sql.
#pragma once

#include <string>
#include <vector>

#include "core/catalog/catalog.h"
#include "core/schema/described.h"

namespace virtsql {

// The views of sql/views/ in the order in which they are made.
const std::vector<Described>& everyday_views();

// The tables and views of sql/schema.sql.
const std::vector<Described>& fixed_tables();

// CREATE VIEW for each everyday view, and the triggers by which a write to it names what can be written. Throws
// CatalogError if a table or view of the catalog has the name of one.
std::string everyday_ddl(const Catalog& catalog);

}  // namespace virtsql
