// The views vm_<plural>: host, VM, attachment and resource of a device in one row, readable and writable.
//
// A write changes exactly that VM: a resource that would become different is not changed but replaced by one that is
// so, an equal one if there is one. What cannot be written is refused in words: no column is ignored. The views and
// their triggers need no extension, and work with trusted_schema off.
//
// What each trigger does, and the generated SQL of one view, stands in views.cc. Tested by
// tests/core/schema/views_test.cc, tests/sql/views.sql and tests/writes.
#pragma once

#include <string>

#include "core/catalog/catalog.h"

namespace virtsql {

// CREATE VIEW and its INSTEAD OF triggers for every device table.
std::string views_ddl(const Catalog& catalog);

}  // namespace virtsql
