// Waits until somebody has written to the database: inotify(7) on its folder, where its WAL is too.
//
// inotify follows the folder, not its name. If another folder has got that name (mv p p.old; cp -a p.old p), the watch
// is_gone() and a new one must be made, which watches the new folder.
//
// Tested by tests/hook/database_watch_test.cc.
#pragma once

#include <chrono>
#include <string>

#include "core/spool/fd.h"

namespace virtsql {

class DatabaseWatch {
 public:
  // Throws std::runtime_error if the folder cannot be watched.
  explicit DatabaseWatch(const std::string& database);

  // Returns true once the database was written to or the watch is gone, at once if that was since the last call; false
  // if not within `time`.
  bool wait(std::chrono::milliseconds time);
  // Whether the folder that is watched was moved away, removed or unmounted, as wait() has seen.
  bool is_gone() const { return gone_; }

 private:
  // Reads some events of inotify. Returns whether one of them is about the database, or says that the watch is gone.
  bool read_events();
  std::string name_;
  Fd descriptor_;
  bool gone_ = false;
};

}  // namespace virtsql
