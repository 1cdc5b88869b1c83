// The views vm_<plural>: host, VM, attachment and resource of a device in one row, readable and writable.
//
// A write changes exactly one VM. A resource row that other VMs may share is never changed: the attachment gets another
// resource row with the new values, an existing one if an equal one is there. A write of a column that cannot be
// written fails with an error that says what to set instead; no column is ignored. The views and their triggers need no
// extension, and work with trusted_schema off.
//
// views.cc says what each trigger does; tests/core/schema/golden/views.sql has the generated SQL of a small catalog.
// Tested by tests/core/schema/views_test.cc, tests/sql/views.sql and tests/writes.
#pragma once

#include <string>

#include "core/catalog/catalog.h"

namespace virtsql {

// Returns CREATE VIEW and the INSTEAD OF triggers for every device table.
std::string views_ddl(const Catalog& catalog);

}  // namespace virtsql
