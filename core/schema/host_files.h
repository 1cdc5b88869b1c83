// The view host_files: one SELECT for each column below a root with the mark {files} that is of the kind `path`, or
// that names a volume of a storage pool. The role of a path is its place in the XML in words: nvram, nvram template,
// disk, disk backing store, serial log.
//
// Tested by tests/core/schema/host_files_test.cc and tests/sql/everyday.sql.
#pragma once

#include <string>

#include "core/catalog/catalog.h"

namespace virtsql {

// Returns the SELECT of the view.
std::string files_sql(const Catalog& catalog);

}  // namespace virtsql
