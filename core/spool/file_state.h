// What of a file is different after it was written, replaced, or given other rights. Linked into the hook, so it uses
// only libc.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>

namespace virtsql {

struct FileState {
  dev_t device = 0;
  ino_t inode = 0;  // 0: there is no file
  off_t size = 0;
  std::int64_t changed_seconds = 0, changed_nanoseconds = 0;

  bool operator==(const FileState&) const = default;
};

// Returns the state of the file at the path now.
inline FileState file_state(const std::string& path) {
  struct stat file {};
  if (stat(path.c_str(), &file) != 0) return {};
  return {file.st_dev, file.st_ino, file.st_size, file.st_ctim.tv_sec, file.st_ctim.tv_nsec};
}

}  // namespace virtsql
