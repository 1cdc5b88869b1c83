// The everyday views: few columns, libvirt's own words, for people.
//
// Each view is a file of sql/views/ that is built into the program. The file is the view's only description: its
// meaning is in the comment above it, its columns with type and meaning are in its column list (described.h). So the
// DDL, virtsql_catalog, virtsql_search and the reference say the same. Three placeholders in these files are replaced
// by SQL that is made elsewhere:
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

// Returns the views of sql/views/ in the order in which they are created.
const std::vector<Described>& everyday_views();

// Returns the tables and views of sql/schema.sql.
const std::vector<Described>& fixed_tables();

// Returns CREATE VIEW for each view of sql/views/, and the triggers that refuse a write to it and name what to write to
// instead. Throws CatalogError if a table or device view of the catalog has the name of one of these views.
std::string everyday_ddl(const Catalog& catalog);

}  // namespace virtsql
