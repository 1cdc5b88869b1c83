#include "hook/reader.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <optional>

#include "core/base/database.h"
#include "core/spool/fd.h"
#include "core/store/lock.h"

namespace virtsql {
namespace {

constexpr uid_t kNobody = 65534;

}  // namespace

std::string read_problem(const std::string& path, bool thorough, int patience_milliseconds) {
  try {
    const ReadingConnection connection(path, patience_milliseconds);
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
  const ReadingConnection connection(path, kPatienceMilliseconds);
  Statement newest(connection.handle(),
                   "SELECT strftime('%Y-%m-%dT%H:%M:%SZ', max(id) / 1000000, 'unixepoch') FROM captures "
                   "WHERE id > (strftime('%s', 'now') + 300) * 1000000");
  return newest.step() ? std::string(newest.get_text(0)) : std::string();
}

std::optional<SyncAge> age_of_sync(const std::string& path) {
  const ReadingConnection connection(path, kPatienceMilliseconds);
  // By the type of VMs, because each driver has its own sync, and one that is no longer installed has none.
  Statement newest(connection.handle(), R"(
WITH times(seen, synced, made) AS (
  SELECT (SELECT max(seen) FROM (
            SELECT min(s.last_seen) AS seen FROM vm_states AS s LEFT JOIN virtual_machines AS v ON v.uuid = s.vm_uuid
            WHERE s.state NOT IN ('undefined', 'unknown') GROUP BY s.host_id, v.domain_type)),
         (SELECT id / 1000000 FROM captures WHERE source = 'sync' ORDER BY id DESC LIMIT 1),
         (SELECT CAST(strftime('%s', created_at) AS INTEGER) FROM virtsql_database))
SELECT CAST(strftime('%s', 'now') AS INTEGER)
         - coalesce(max(CAST(strftime('%s', seen) AS INTEGER), coalesce(synced, 0)), made), seen IS NULL
FROM times WHERE seen IS NOT NULL OR synced IS NULL)");
  if (!newest.step()) return std::nullopt;
  return SyncAge{newest.get_int(0), newest.get_int(1) != 0};
}

std::string restore_wal_files(const Config& config, int patience_milliseconds) {
  try {
    const FileLock lock(config.lock_path(), Wait::kNo);
    if (lock.held()) ensure_readable(config.database, patience_milliseconds);
    return {};
  } catch (const std::exception& error) {
    return error.what();
  }
}

namespace {

// What the child process does: writes to `out` why a member of the group cannot read the database, and ends. Nothing of
// it may go on in the parent's code, so not even an exception leaves it.
[[noreturn]] void be_member(const std::string& path, gid_t group, int patience_milliseconds, int out) noexcept {
  // The daemon takes its signals from a descriptor that this process does not read: they must be able to end it.
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  try {
    std::string problem;
    if (setgroups(1, &group) != 0 || setresgid(group, group, group) != 0 || setresuid(kNobody, kNobody, kNobody) != 0)
      problem = std::string("a member of the group cannot be tried: ") + std::strerror(errno);
    else
      problem = read_problem(path, false, patience_milliseconds);
    (void)!write(out, problem.data(), problem.size());
  } catch (...) {  // no memory even for the text
    _exit(1);
  }
  _exit(0);
}

// Waits for the child process. Returns whether it came to its end.
bool has_succeeded(pid_t child) {
  int status = 0;
  pid_t ended = 0;
  do {
    ended = waitpid(child, &status, 0);
  } while (ended < 0 && errno == EINTR);
  return ended == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

std::string read_problem_of_member(const std::string& path, gid_t group, int patience_milliseconds) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return std::strerror(errno);
  const Fd from_child(ends[0]);
  std::optional<Fd> to_parent(ends[1]);
  const pid_t child = fork();
  if (child == 0) be_member(path, group, patience_milliseconds, to_parent->get());
  if (child < 0) return std::strerror(errno);
  to_parent.reset();  // so that the child's end is that of the pipe
  std::string problem;
  std::array<char, 512> buffer{};
  for (;;) {
    const ssize_t got = read(from_child.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    problem.append(buffer.data(), static_cast<std::size_t>(got));
  }
  if (!has_succeeded(child) && problem.empty()) problem = "the try as a member of the group did not come to its end";
  return problem;
}

bool has_wal_files(const std::string& path) {
  return access((path + "-wal").c_str(), F_OK) == 0 && access((path + "-shm").c_str(), F_OK) == 0;
}

}  // namespace virtsql
