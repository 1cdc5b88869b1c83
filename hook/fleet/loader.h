// Loads what the store has into a database of virtsql, for what SQLite and the extension can answer and PostgreSQL
// cannot (the report, restore, git, domain_diff, drift).
//
// The rows come as the hosts pushed them. Row ids are unique within a source only, so n << 40 is added to those of the
// n-th source, counted from 0, and to its captures' seq. The table loaded_databases(database_id, first_seq) says which
// source has which, for what must know it again later (virtsql git). If several of the loaded hosts claim a VM, it
// comes from the host whose claim goes before the others (virtsql.current_source()). Documents that the store does not
// have (withheld) are left out. So is text with NUL in it, which no XML can have. If SQLite refuses a row of a VM or of
// a host's own table, the VM or the host is left out, so that one ill row does not keep all others from being loaded.
//
// Tested by tests/fleet/launcher_test.py.
#pragma once

#include <string>
#include <vector>

#include "core/base/database.h"
#include "hook/fleet/postgres.h"

namespace virtsql {

// Loads the hosts with the name `host`, or all if it is empty, into an empty database of this program's schema. Returns
// the number of VMs, and adds to `left_out` a sentence for each VM and host that SQLite refuses. Throws PostgresError,
// DatabaseError, and std::runtime_error if there is no such host or something of the host that was named is refused.
int load_hosts(Postgres& postgres, Database& database, const std::string& host, std::vector<std::string>& left_out);

}  // namespace virtsql
