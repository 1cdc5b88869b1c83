#include "hook/doctor.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "core/base/database.h"
#include "core/spool/drivers.h"
#include "core/spool/fd.h"
#include "core/spool/folder.h"
#include "core/spool/spool.h"
#include "hook/reader.h"

namespace virtsql {
namespace {

std::string name_of_group(gid_t group) {
  const struct group* entry = getgrgid(group);
  return entry ? entry->gr_name : std::to_string(group);
}

}  // namespace

bool Doctor::run() {
  configuration();
  hook();
  spool();
  database();
  daemon();
  return failures_ == 0;
}

void Doctor::say(const char* verdict, const std::string& text) {
  (void)std::printf("%-5s %s\n", verdict, text.c_str());
  failures_ += std::string_view(verdict) == "fail" ? 1 : 0;
}

void Doctor::check(bool good, const std::string& what, const std::string& otherwise) {
  say(good ? "ok" : "fail", good ? what : otherwise);
}

// A `redact` line without effect is a failure and not only a warning, because the secret that it names would be stored.
// So is a configuration that cannot be read.
void Doctor::configuration() {
  for (const ConfigProblem& problem : config_.problems)
    say(config_.secrets_unknown.empty() && !problem.of_secret ? "warn" : "fail", problem.text);
}

// A hypervisor needs the hook of its VMs' driver. Without QEMU's hook, that of another driver may be all that it needs.
void Doctor::hook() {
  bool qemu = false;
  bool other = false;
  for (const char* driver : kHooks) {
    const std::string hook = installed_hook(config_, driver);
    struct stat status {};
    if (hook.empty() || stat(hook.c_str(), &status) != 0) continue;
    check((status.st_mode & 0777) == 0755 && status.st_uid == 0, hook + " is installed",
          hook + " must be root's and have mode 0755: chown root, chmod 0755");
    const std::string_view name(driver);
    if (name == "qemu")
      qemu = true;
    else
      other = other || (name != "network" && name != "daemon");
  }
  if (!qemu)
    say(other ? "warn" : "fail",
        config_.libvirt_folder + "/hooks/qemu.d/50-virtsql is not there; sudo virtsql-setup puts it there");
  check(access(drainer_.c_str(), X_OK) == 0, drainer_ + " can be run",
        drainer_ + " is missing, and records stay in the spool: install virtsql again");
}

void Doctor::spool() {
  const Fd fd(spool::open_folder(config_.spool));
  const int folder = fd.get();
  if (folder < 0)
    return say("fail", spool::open_error(config_.spool, folder) + "; nothing is recorded (run this as root)");
  check(faccessat(folder, ".", W_OK, AT_EACCESS) == 0, config_.spool + " can be written",
        config_.spool + " cannot be written");
  struct stat status {};
  if (fstat(folder, &status) == 0)
    check((status.st_mode & 0077) == 0, config_.spool + " is closed to others",
          config_.spool + " is open to others: chmod 0700");
  struct statvfs space {};
  if (fstatvfs(folder, &space) == 0)
    check(space.f_bavail * space.f_frsize > (64U << 20U), "there is room for records",
          "less than 64 MiB are free on the disk of " + config_.spool);
  waiting(folder);
  const std::filesystem::path bad = config_.spool + "/bad";
  std::error_code error;
  const bool any = std::filesystem::exists(bad, error) && !std::filesystem::is_empty(bad, error);
  if (error)
    say("warn", bad.string() + " cannot be looked at: " + error.message());
  else if (any)
    say("warn", bad.string() + " has files that are no records, or could not be stored");
}

// Records are drained within a second. If one has waited for more than a minute, draining does not work.
void Doctor::waiting(int folder) {
  std::vector<std::string> names;
  try {
    names = spool::list(folder);
  } catch (const std::exception& error) {
    return say("fail", error.what());
  }
  if (names.empty()) return say("ok", "no records wait to be drained");
  const std::int64_t oldest = std::strtoll(names.front().c_str(), nullptr, 10) / 1000000;
  const std::int64_t seconds = static_cast<std::int64_t>(std::time(nullptr)) - oldest;
  const std::string what = std::to_string(names.size()) + " records wait to be drained";
  if (seconds <= 60) return say("ok", what);
  say("fail", what + ", the oldest for " + std::to_string(seconds) +
                  " seconds; virtsql-hook --drain drains them, or says why it cannot");
}

void Doctor::database() {
  const std::string& path = config_.database;
  if (const std::string problem = folder_problem(folder_of(path)); !problem.empty())
    return say("fail", problem + "; nothing is drained into it");
  struct stat status {};
  if (stat(path.c_str(), &status) != 0 && errno == ENOENT)
    return say("warn", path + " is not there yet; virtsql-hook --drain makes it");
  if (access(path.c_str(), R_OK) != 0) return say("fail", "you may not read " + path + ": run this as root");
  if ((status.st_mode & 0007) != 0) say("warn", path + " is open to everybody: chmod 0640");
  // Before the database is read, because reading makes -wal and -shm.
  const bool whole = has_wal_files(path);
  if (const std::string problem = read_problem(path, true, kPatienceMilliseconds); !problem.empty())
    return say("fail", path + " is no sound database: " + problem +
                           "; records stay in the spool until one is in its place (sqlite3 .recover, or a backup)");
  say("ok", path + " is a sound database");
  if (!whole) restore();
  clock();
  reader();
}

// The id of a capture is its time, and ids only rise.
void Doctor::clock() {
  const std::string& path = config_.database;
  try {
    if (const std::string time = newest_time_to_come(path); !time.empty())
      say("warn",
          path + " has a capture of " + time +
              ", which is to come: the clock was ahead. Until then times of events stand still: each is that of "
              "the capture before it, and a microsecond. Their order is right");
  } catch (const std::runtime_error& error) {
    say("fail", path + ": " + error.what());
  }
}

void Doctor::restore() {
  const std::string& path = config_.database;
  if (const std::string problem = restore_wal_files(config_, kPatienceMilliseconds); !problem.empty())
    say("fail", path + "-wal and -shm are gone, and cannot be made: " + problem);
  else if (has_wal_files(path))
    say("warn", path + "-wal and -shm were gone, without which only root can read it: they are there again");
  else
    say("warn", path + " has no write-ahead log: who reads it holds up who writes; virtsql-hook --drain makes one");
}

void Doctor::reader() {
  const std::string& path = config_.database;
  struct stat status {};
  if (geteuid() != 0 || stat(path.c_str(), &status) != 0) return;
  if (status.st_gid == 0)
    return say("warn", path + " belongs to the group root, whose members alone can read it: chgrp virtsql");
  const std::string problem = read_problem_of_member(path, status.st_gid, kPatienceMilliseconds);
  const std::string group = "members of the group " + name_of_group(status.st_gid);
  check(
      problem.empty(), group + " can read it",
      group + " cannot read " + path + ": " + problem + "; its folder needs mode 0750, its files 0640, and that group");
}

// virtsqld holds a lock beside its database, so a virtsqld of another database does not count.
void Doctor::daemon() {
  const Fd lock(open(config_.daemon_lock_path().c_str(), O_RDONLY | O_CLOEXEC));
  const bool runs = lock.get() >= 0 && flock(lock.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  say(runs ? "ok" : "warn",
      runs ? "virtsqld runs"
           : "virtsqld does not run, so what is defined is not captured: sudo systemctl start virtsqld");
}

}  // namespace virtsql
