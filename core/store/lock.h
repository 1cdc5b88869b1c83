// The writer's lock: a file beside the database. Whoever stores captures or changes the schema holds it locked, so that
// there is only one writer.
#pragma once

#include <string>

namespace virtsql {

enum class Wait { kNo, kYes };

class WriterLock {
 public:
  // Locks the file at `path` (Config::lock_path() of the database), which is made if it is missing and is never removed.
  // With kYes, waits until another holder releases it; with kNo, tries once. REQUIRES: this process does not hold the
  // lock already, or it would wait for itself. Throws std::runtime_error, which names the file and the reason, if the
  // file cannot be opened or locked.
  WriterLock(const std::string& path, Wait wait);
  ~WriterLock();
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;

  // Whether this object holds the lock. False only after kNo, if another process holds it.
  bool held() const { return held_; }

 private:
  int fd_ = -1;
  bool held_ = false;
};

}  // namespace virtsql
