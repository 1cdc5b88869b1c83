// A lock file beside the database. Whoever stores captures or changes the schema holds Config::lock_path(), so that
// there is only one writer; virtsqld holds Config::daemon_lock_path().
#pragma once

#include <string>

#include "core/spool/fd.h"

namespace virtsql {

enum class Wait { kNo, kYes };

class FileLock {
 public:
  // Locks the file at `path`, which is made if it is missing and is never removed. With kYes, waits until another
  // holder releases it; with kNo, tries once. REQUIRES: this process does not hold the lock already, or it would wait
  // for itself. Throws std::runtime_error, which names the file and the reason, if the file cannot be opened or locked.
  FileLock(const std::string& path, Wait wait);

  // Whether this object holds the lock. False only after kNo, if another process holds it.
  bool held() const { return held_; }

 private:
  Fd file_;
  bool held_ = false;
};

}  // namespace virtsql
