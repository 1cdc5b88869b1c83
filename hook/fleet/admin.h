// What virtsql-fleet does with a store, as SQL that can be read before it is run (--print). Each text can be run again
// and then changes nothing.
#pragma once

#include <string>

namespace virtsql {

// Makes the store, or brings one that an older virtsql made to the present one: tables and columns are only added.
std::string init_sql();

// The role that pushes for a host, and its source. The role is a login role that may execute the store's functions for
// hosts, and read nothing. A host that was retired is back by it. `password` is what ALTER ROLE takes (a SCRAM
// verifier); empty: none.
std::string add_host_sql(const std::string& host, const std::string& password);
std::string role_of_host(const std::string& host);

// The host was reinstalled: its next hello brings another database, and what only the old one had goes.
std::string replace_sql(const std::string& host);

// The host is no more: it cannot log in, and its VMs go; its history stays.
std::string retire_sql(const std::string& host);

// Removes captures older than `days`, the documents that nothing names then, and makes the partitions of the months to
// come.
std::string prune_sql(int days);

// A query of what is wrong in the store, one row each: host, what.
std::string doctor_sql();

}  // namespace virtsql
