// The view host_files: one SELECT for each column of kind `path` below a root that has the mark {files}. The role of a
// path is its place in the XML in words: nvram, nvram template, disk, disk backing store, serial log.
//
// Tested by tests/core/schema/everyday_test.cc and tests/sql/everyday.sql.
#pragma once

#include <string>

#include "core/catalog/catalog.h"

namespace virtsql {

std::string files_sql(const Catalog& catalog);

}  // namespace virtsql
