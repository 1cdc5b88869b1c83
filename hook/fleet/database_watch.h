// Waits until somebody has written to the database: inotify(7) on its folder, where its WAL is too.
#pragma once

#include <chrono>
#include <string>

namespace virtsql {

class DatabaseWatch {
 public:
  // Throws std::runtime_error if the folder cannot be watched.
  explicit DatabaseWatch(const std::string& database);
  ~DatabaseWatch();
  DatabaseWatch(const DatabaseWatch&) = delete;
  DatabaseWatch& operator=(const DatabaseWatch&) = delete;

  // Returns true once the database was written to, at once if it was since the last call; false if not within `time`.
  bool wait(std::chrono::milliseconds time);

 private:
  // Reads some events of inotify. Returns whether one of them is about the database.
  bool read_events();
  std::string name_;
  int descriptor_ = -1;
};

}  // namespace virtsql
