// What virtsqld remembers of its database: what has been captured already (Known, core/libvirt/known.h). It is read
// from the database when it is first needed.
//
// What is remembered holds for one database. If another file takes its place, or the capture that was the newest is not
// in it any more (a backup was put back), everything that was remembered is dropped: see check().
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "core/base/database.h"
#include "core/libvirt/known.h"
#include "core/spool/config.h"
#include "core/spool/file_state.h"

namespace virtsql {

class Memory {
 public:
  explicit Memory(const Config& config) : config_(config) {}

  // Returns what has been captured already. If the database cannot be read: only what was kept since.
  Known& known();

  // Checks whether the database is still the one that is remembered. If it is another one, drops everything that is
  // remembered, so that the next look records what this one lacks. Also takes in what hooks captured since the last
  // check. Throws DatabaseError.
  void check(Database& database);
  // The same, on a connection of its own. A database that cannot be read now is not forgotten; one that is gone is.
  void check();
  // Returns the domains and networks that hooks captured since the last call and that libvirt must be asked about, see
  // Known::add_hook_events().
  std::vector<Thing> take_things_to_ask() { return std::exchange(to_ask_, {}); }

  // Whether the database's file was written or replaced since note_file(). An event of its folder does not tell: every
  // drain, which opens and closes the file, raises the same events.
  bool file_changed() const;
  // Remembers the file's present state for file_changed(), if the file is that of the remembered database.
  void note_file();
  // Whether everything was dropped since take_cleared() was last called.
  bool was_cleared() const { return cleared_; }
  bool take_cleared() { return std::exchange(cleared_, false); }

  // Allows another try at a database that could not be read. Before that it is not tried again.
  void retry() { unreadable_ = false; }

 private:
  // What a database is recognized by.
  struct Identity {
    dev_t device = 0;
    ino_t inode = 0;          // 0: there was none
    std::int64_t newest = 0;  // captures.seq of the newest capture; 0: none
    std::int64_t time = 0;    // captures.id of that capture
  };

  static void read_identity(Database& database, Identity& identity);
  bool has_newest(Database& database) const;
  void clear();
  template <typename Work>
  bool read(Work work);

  const Config& config_;
  bool unreadable_ = false;
  bool loaded_ = false;
  bool cleared_ = false;
  Identity identity_;
  FileState noted_;
  Known known_;
  std::vector<Thing> to_ask_;
};

}  // namespace virtsql
