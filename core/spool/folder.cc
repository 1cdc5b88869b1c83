#include "core/spool/folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstddef>

#include "core/spool/fd.h"

namespace virtsql {
namespace {

bool is_ours(uid_t owner) { return owner == 0 || owner == geteuid(); }

std::string of_user(const std::string& path, uid_t owner) {
  return path + " belongs to user " + std::to_string(owner) + ", who is neither root nor this process's user: chown it";
}

// With `shared`, everybody may write the folder if it is sticky.
std::string problem_of(const struct stat& status, const std::string& path, bool shared) {
  if (!S_ISDIR(status.st_mode)) return path + " is no folder";
  if (!is_ours(status.st_uid)) return of_user(path, status.st_uid);
  if (shared && (status.st_mode & S_ISVTX) != 0) return {};
  if ((status.st_mode & S_IWOTH) != 0) return path + " may be written by everybody: chmod o-w";
  if ((status.st_mode & S_IWGRP) != 0 && status.st_gid != 0 && status.st_gid != getegid())
    return path + " may be written by group " + std::to_string(status.st_gid) + ": chmod g-w";
  return {};
}

}  // namespace

std::string folder_problem(const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) != 0) return {};
  if (S_ISLNK(status.st_mode) && !is_ours(status.st_uid)) return of_user(path, status.st_uid);
  if (stat(path.c_str(), &status) != 0) return {};
  return problem_of(status, path, false);
}

std::string folder_problem(int folder, const std::string& path) {
  struct stat status {};
  if (lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode) && !is_ours(status.st_uid))
    return of_user(path, status.st_uid);
  if (fstat(folder, &status) != 0) return path + " cannot be looked at";
  if (std::string problem = problem_of(status, path, false); !problem.empty()) return problem;
  if (fstatat(folder, "..", &status, 0) != 0) return {};
  return problem_of(status, "the folder of " + path, true);
}

std::string folder_of(const std::string& file) {
  const std::size_t slash = file.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : file.substr(0, slash);
}

std::string program_path(const std::string& name) {
  std::array<char, 4096> self{};
  const ssize_t length = readlink("/proc/self/exe", self.data(), self.size() - 1);
  if (length > 0) {
    const std::string path(self.data(), static_cast<std::size_t>(length));
    std::string beside = path.substr(0, path.rfind('/') + 1) + name;
    if (access(beside.c_str(), X_OK) == 0) return beside;
  }
  return "/usr/sbin/" + name;
}

void sync_entry(const std::string& path) {
  const Fd folder(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() >= 0) (void)fsync(folder.get());
}

}  // namespace virtsql
