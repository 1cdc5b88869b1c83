// Draining: from the spool into the database, by whoever holds the one writer's lock.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "core/base/database.h"
#include "core/spool/config.h"
#include "core/store/lock.h"

namespace virtsql {

struct Drained {
  std::size_t stored = 0;
  std::size_t set_aside = 0;  // files that were no records, or that the database refuses; the reason is beside them
  std::string warning;        // for the administrator; empty where all is well
  std::size_t left = 0;       // files that could not be read or set aside now; they are still in the spool
};

// How long the database may be locked by somebody who does not know of the one writer's lock.
constexpr int kPatienceMilliseconds = 30000;

// Called with the database that is written, before the first record is stored and after the last.
using Attendant = std::function<void(Database&)>;

// Puts all records of the spool into the database, in order, and removes them. The lock `<database>.lock` is held from
// before the database is opened until after it is closed: SQLite 3.40 can corrupt a WAL database that two connections
// write or checkpoint at once. Throws std::exception where the database fails, with its path; what was not stored is
// still in the spool.
Drained drain(const Config& config, Wait wait, int patience_milliseconds = kPatienceMilliseconds,
              const Attendant& attend = {});

}  // namespace virtsql
