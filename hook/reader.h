// Checks whether the members of the database's group, who cannot write its folder, can read the database.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/database.h"
#include "core/spool/config.h"

namespace virtsql {

// A connection that only reads, and leaves the -wal and -shm files behind for readers who cannot make them. Throws
// DatabaseError.
class ReadingConnection : public Connection {
 public:
  ReadingConnection(const std::string& path, int patience_milliseconds)
      : Connection(path, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, patience_milliseconds) {
    keep_wal_files(handle());
  }
};

// Returns why the database cannot be read or is no database of virtsql; empty if all is well. `thorough` reads all of
// it (PRAGMA quick_check). `patience_milliseconds`: how long to wait for locks of others, as in the functions below.
std::string read_problem(const std::string& path, bool thorough, int patience_milliseconds);

// The same for a user who has no right but to be a member of the group. Tries it in a child process that gives up
// root's rights; the caller must be root.
std::string read_problem_of_member(const std::string& path, gid_t group, int patience_milliseconds);

// Whether the -wal and -shm files are there. A user who cannot make them cannot open the database without them. A
// program that closes the database last removes them, unless it calls keep_wal_files().
bool has_wal_files(const std::string& path);

// Returns the time of the newest capture, if that is to come in more than five minutes; empty if it is not. Throws
// DatabaseError.
std::string newest_time_to_come(const std::string& path);

struct SyncAge {
  std::int64_t seconds = 0;
  bool is_none = false;  // there was none; `seconds` is the age of the database
};

// Returns how long ago virtsqld last did a full sync, as far as the database tells: a sync that finds nothing new only
// sets when each VM was last seen. Nothing if no VM tells. Throws DatabaseError.
std::optional<SyncAge> age_of_sync(const std::string& path);

// Makes the -wal and -shm files, with the owner and mode of the database, under the one writer's lock. If another
// process holds the lock, does nothing, because a writer makes them itself. Returns why it was not possible; empty if
// nothing went wrong. A database that is not in WAL mode still has none afterwards.
std::string restore_wal_files(const Config& config, int patience_milliseconds);

}  // namespace virtsql
