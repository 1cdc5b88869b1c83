// Waits until somebody has written to the database: inotify on the folder, where its WAL is.
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

  // Whether the database was written to, since the last call or within the time.
  bool wait(std::chrono::milliseconds time);

 private:
  // Reads some of what inotify has; whether something of it is about the database.
  bool read_events();
  std::string name_;
  int descriptor_ = -1;
};

}  // namespace virtsql
