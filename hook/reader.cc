#include "hook/reader.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <exception>

#include "core/base/database.h"
#include "core/store/lock.h"

namespace virtsql {
namespace {

constexpr uid_t kNobody = 65534;

}  // namespace

std::string read_problem(const std::string& path, bool thorough) {
  try {
    Connection connection(path, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX);
    keep_wal_files(connection.handle());
    Database database(connection.handle());
    if (database.query_int("SELECT count(*) FROM sqlite_master WHERE name IN ('captures', 'virtual_machines')") != 2)
      return "it is not a database of virtsql";
    (void)database.query_int("SELECT count(*) FROM virtual_machines");
    if (thorough) {
      Statement check(connection.handle(), "PRAGMA quick_check(1)");
      if (check.step() && check.get_text(0) != "ok") return std::string(check.get_text(0));
    }
    return {};
  } catch (const std::exception& error) {
    return error.what();
  }
}

std::string newest_time_to_come(const std::string& path) {
  Connection connection(path, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX);
  keep_wal_files(connection.handle());
  Statement newest(connection.handle(),
                   "SELECT strftime('%Y-%m-%dT%H:%M:%SZ', max(id) / 1000000, 'unixepoch') FROM captures "
                   "WHERE id > (strftime('%s', 'now') + 300) * 1000000");
  return newest.step() ? std::string(newest.get_text(0)) : std::string();
}

std::string restore_wal_files(const Config& config) {
  try {
    const FileLock lock(config.lock_path(), Wait::kNo);
    if (lock.held()) ensure_readable(config.database);
    return {};
  } catch (const std::exception& error) {
    return error.what();
  }
}

std::string read_problem_of_member(const std::string& path, gid_t group) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return std::strerror(errno);
  const pid_t child = fork();
  if (child == 0) {
    std::string problem;
    if (setgroups(1, &group) != 0 || setresgid(group, group, group) != 0 || setresuid(kNobody, kNobody, kNobody) != 0)
      problem = std::string("a member of the group cannot be tried: ") + std::strerror(errno);
    else
      problem = read_problem(path, false);
    (void)!write(ends[1], problem.data(), problem.size());
    _exit(0);
  }
  close(ends[1]);
  std::string problem = child < 0 ? std::strerror(errno) : "";
  std::array<char, 512> buffer{};
  for (ssize_t got = 0; (got = read(ends[0], buffer.data(), buffer.size())) > 0;)
    problem.append(buffer.data(), static_cast<std::size_t>(got));
  close(ends[0]);
  int status = 0;
  if (child > 0 && (waitpid(child, &status, 0) != child || !WIFEXITED(status)) && problem.empty())
    problem = "the try as a member of the group did not come to its end";
  return problem;
}

bool has_wal_files(const std::string& path) {
  return access((path + "-wal").c_str(), F_OK) == 0 && access((path + "-shm").c_str(), F_OK) == 0;
}

}  // namespace virtsql
