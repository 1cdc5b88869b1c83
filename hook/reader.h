// Whether those can read the database who may: the members of its group, who cannot write its folder.
#pragma once

#include <sys/types.h>

#include <string>

#include "core/spool/config.h"

namespace virtsql {

// Why the database cannot be read, or is none of virtsql's; empty where all is well. `thorough` reads all of it.
std::string read_problem(const std::string& path, bool thorough);

// The same for somebody who is nothing but a member of the group: tried in a child, which gives up what root may.
std::string read_problem_of_member(const std::string& path, gid_t group);

// Whether -wal and -shm are there: who cannot make them, cannot open the database without them. Whoever closes it last
// and does not know that removes them.
bool has_wal_files(const std::string& path);

// Makes them, with the owner and mode of the database, under the one writer's lock; who holds that makes them himself.
// Why that was not possible, or empty; a database without a write-ahead log has none afterwards.
std::string restore_wal_files(const Config& config);

}  // namespace virtsql
