// Draining: storing the spool's records in the database. Only whoever holds the one writer's lock does it.
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
  std::size_t set_aside = 0;  // files that are no records, or that the database refuses; now in bad/ with the reason
  std::string warning;        // for the administrator; empty if all is well
  std::size_t left = 0;       // files that could not be read or set aside now; they are still in the spool
  std::string why_left;       // why the first of them is left
  bool lock_taken = false;    // another process held the lock, so it is not known whether that one stores all records
};

// Called with the database that is written, before the first record is stored and after the last.
using Attendant = std::function<void(Database&)>;

// Stores all records of the spool in the database, in order, and removes them from the spool. With Wait::kNo it returns
// at once if another process holds the lock `<database>.lock`. That lock is held from before the database is opened
// until after it is closed, because SQLite 3.40 can corrupt a WAL database that two connections write or checkpoint at
// once. The patience is for a database that is locked by a program which does not take that lock. Throws std::exception
// if the spool cannot be opened or the database fails, with its path; what was not stored is still in the spool.
// REQUIRES: the umask denies others what they may not read, because the database may be made here.
Drained drain(const Config& config, Wait wait, int patience_milliseconds = kPatienceMilliseconds,
              const Attendant& attend = {});

}  // namespace virtsql
