// The one writer's lock: a file beside the database that whoever stores captures or changes the schema holds locked.
#pragma once

#include <string>

namespace virtsql {

enum class Wait { kNo, kYes };

class WriterLock {
 public:
  // `path` is Config::lock() of the database; the file is made if it is not there, and stays. Waits until whoever holds
  // the lock is done, or, with kNo, looks once. The process itself must not hold it already: it would wait for itself.
  // Throws std::runtime_error, in words.
  WriterLock(const std::string& path, Wait wait);
  ~WriterLock();
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;

  // False only of kNo, where another process holds it.
  bool held() const { return held_; }

 private:
  int fd_ = -1;
  bool held_ = false;
};

}  // namespace virtsql
