// The SQL that virtsql-fleet runs in a store. It can be read before it is run (--print). Running the same text again
// changes nothing.
#pragma once

#include <string>

namespace virtsql {

// Makes the store, or upgrades one that an older virtsql made: tables and columns are only added.
std::string init_sql();

// Makes the role that pushes for a host, and the host's source. The role may log in and execute the store's functions
// for hosts; it can read nothing. A host that was retired is active again. `password` is what ALTER ROLE takes (a SCRAM
// verifier); empty: no password is set.
std::string add_host_sql(const std::string& host, const std::string& password);
std::string role_of_host(const std::string& host);

// Returns SQL for the pid of the session in which a host pushes, which has the lock that hello() takes; NULL if none
// does. `source` is SQL for the host's source_id.
std::string pusher_sql(const std::string& source);

// For a host that was reinstalled: its next hello may name another database. The push after that removes the rows that
// only the old database had.
std::string replace_sql(const std::string& host);

// For a host that is no more: its role cannot log in, and its VMs and other rows are removed. Its history stays.
std::string retire_sql(const std::string& host);

// Removes captures older than `days` days and the documents that no capture names any more, and makes the partitions of
// the months to come.
std::string prune_sql(int days);

// Returns a query of what is wrong in the store, one row for each problem: host, problem.
std::string doctor_sql();

}  // namespace virtsql
