// What the store has, as a database of virtsql: for what SQLite and the extension answer and PostgreSQL does not (the
// report, restore, git, domain_diff, drift).
//
// The rows come as the hosts pushed them. Ids, which are a source's, are moved apart: those of the n-th source by
// n << 40. A VM that several hosts claim comes from the host whose claim goes before the others. Documents that the
// store does not have (withheld) are left out, as is text with NUL in it, which is in no XML.
//
// Tested by tests/fleet/launcher_test.py.
#pragma once

#include <string>

#include "core/base/database.h"
#include "hook/fleet/postgres.h"

namespace virtsql {

// Loads the hosts of that name, or all if it is empty, into an empty database of this program's schema. How many VMs
// came. Throws PostgresError, DatabaseError, and std::runtime_error if there is no such host.
int load_hosts(Postgres& postgres, Database& database, const std::string& host);

}  // namespace virtsql
