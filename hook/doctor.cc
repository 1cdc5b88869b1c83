#include "hook/doctor.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "core/base/database.h"
#include "core/catalog/catalog.h"
#include "core/spool/drivers.h"
#include "core/spool/fd.h"
#include "core/spool/folder.h"
#include "core/spool/spool.h"
#include "core/store/schema_mark.h"
#include "core/store/store_error.h"
#include "hook/file_text.h"
#include "hook/reader.h"
#include "hook/services.h"

namespace virtsql {
namespace {

std::string name_of_group(gid_t group) {
  const struct group* entry = getgrgid(group);
  return entry ? entry->gr_name : std::to_string(group);
}

bool is_there(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

// How long the oldest record has waited, in seconds: its name is its time.
std::int64_t age_of(const std::vector<std::string>& names) {
  return static_cast<std::int64_t>(std::time(nullptr)) - std::strtoll(names.front().c_str(), nullptr, 10) / 1000000;
}

// Whether the failure is that the caller is not root. Then nothing is known of what is root's alone.
bool is_for_root(int error) { return geteuid() != 0 && (error == EACCES || error == EPERM); }

constexpr const char* kService = "virtsqld.service";

}  // namespace

bool Doctor::run() {
  configuration();
  hook();
  spool();
  former_spool();
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

// A hypervisor needs the hook of its VMs' driver. Where libvirt has no driver of QEMU, that of another driver may be
// all that it needs.
void Doctor::hook() {
  bool qemu = false;
  bool other = false;
  bool network = false;
  for (const char* driver : kHooks) {
    const std::string hook = installed_hook(config_, driver);
    if (hook.empty()) continue;
    drop_in(hook);
    const std::string_view name(driver);
    if (name == "qemu")
      qemu = true;
    else if (name == "network")
      network = true;
    else
      other = other || name != "daemon";
  }
  const std::string hooks = config_.libvirt_folder + "/hooks/";
  const std::string missing = "/50-virtsql is not there; sudo virtsql-setup puts it there";
  if (!qemu)
    say(other && !is_there(config_.libvirt_folder + "/qemu.conf") ? "warn" : "fail", hooks + "qemu.d" + missing);
  // virtsql-setup, which starts the services, installs it always. Who has only the hook of the VMs may want no other.
  if (!network && (qemu || other)) say(has_service(kService) ? "fail" : "warn", hooks + "network.d" + missing);
  check(access(drainer_.c_str(), X_OK) == 0, drainer_ + " can be run",
        drainer_ + " is missing, and records stay in the spool: install virtsql again");
}

// libvirt runs whatever stands there, so the file may be another program than the hook.
void Doctor::drop_in(const std::string& hook) {
  struct stat status {};
  if (stat(hook.c_str(), &status) != 0) return say("fail", hook + ": " + std::strerror(errno));
  if ((status.st_mode & 0777) != 0755 || status.st_uid != 0)
    return say("fail", hook + " must be root's and have mode 0755: chown root, chmod 0755");
  const std::string program = program_path("virtsql-hook");
  const std::string found = text_of_file(hook);
  if (found.find("virtsql-hook") == std::string::npos)
    return say("fail", hook + " is another program, and captures nothing; sudo virtsql-setup puts the hook there");
  const bool is_program = found.starts_with(
      "\x7f"
      "ELF");
  if (is_program && is_there(program) && found != text_of_file(program))
    return say("warn", hook + " is not the same as " + program + "; sudo virtsql-setup puts that there");
  say("ok", hook + " is installed");
}

void Doctor::spool() {
  const Fd fd(spool::open_folder(config_.spool));
  const int folder = fd.get();
  if (is_for_root(-folder)) return say("warn", "only root can see whether records wait in " + config_.spool);
  if (folder < 0) return say("fail", spool::open_error(config_.spool, folder) + "; nothing is recorded");
  const int refused = faccessat(folder, ".", W_OK, AT_EACCESS) == 0 ? 0 : errno;
  if (refused != 0)
    say("fail", config_.spool + " cannot be written: " + std::strerror(refused) +
                    "; what libvirt says now is lost: have its disk mounted for writing (mount, dmesg)");
  else
    room(folder);
  struct stat status {};
  if (fstat(folder, &status) == 0)
    check((status.st_mode & 0077) == 0, config_.spool + " is closed to others",
          config_.spool + " is open to others: chmod 0700");
  waiting(folder);
  set_aside();
}

// The hook is root, who may also use what is reserved.
void Doctor::room(int folder) {
  struct statvfs space {};
  if (fstatvfs(folder, &space) != 0) return say("ok", config_.spool + " can be written");
  const std::string disk = "the disk of " + config_.spool;
  const bool has_files = space.f_files == 0 || space.f_ffree > 0;  // some file systems do not count them
  if (space.f_bfree * space.f_frsize < (64U << 10U) || !has_files)
    return say("fail", disk +
                           " is full, and what libvirt says now is lost: delete something there, or have the spool " +
                           "on another disk (sudo virtsql-setup --move-to FOLDER)");
  say("ok", config_.spool + " can be written");
  check(space.f_bavail * space.f_frsize > (64U << 20U), "there is room for records",
        "less than 64 MiB are free on " + disk +
            ", and what libvirt says is lost once it is full: delete something "
            "there, or set retain in virtsql.conf");
}

// Only records count, as in the metrics: the reason of one that was moved back and stored stays.
void Doctor::set_aside() {
  const std::string path = config_.spool + "/bad";
  const Fd bad(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (bad.get() < 0) {
    if (errno != ENOENT) say("warn", path + " cannot be looked at: " + std::strerror(errno));
    return;
  }
  try {
    const std::vector<std::string> names = spool::list(bad.get());
    if (!names.empty())
      say("warn", path + " has " + std::to_string(names.size()) + " records that could not be stored: " + path + "/" +
                      names.front() + ".reason says why. Move them back into " + config_.spool +
                      " once the cause is gone, and run virtsql-hook --drain; delete what is no record");
  } catch (const std::exception& error) {
    say("warn", path + ": " + error.what());
  }
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
  const std::int64_t seconds = age_of(names);
  const std::string what = std::to_string(names.size()) + " records wait to be drained";
  if (seconds <= 60) return say("ok", what);
  say("fail", what + ", the oldest for " + std::to_string(seconds) +
                  " seconds; virtsql-hook --drain drains them, or says why it cannot");
}

// What was accepted before the configuration named another spool is in the spool of before, from which nobody drains.
void Doctor::former_spool() {
  const std::string former = Config().spool;
  std::error_code error;
  if (config_.file_path != kConfigPath || std::getenv("VIRTSQL_DB") ||
      std::filesystem::equivalent(former, config_.spool, error))
    return;
  const Fd folder(open(former.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0) return;
  try {
    const std::vector<std::string> names = spool::list(folder.get());
    if (!names.empty() && age_of(names) > 60)
      say("fail", std::to_string(names.size()) + " records wait in " + former +
                      ", which is not the spool any more: " + "sudo virtsql-setup moves them to " + config_.spool);
  } catch (const std::exception& problem) {
    say("warn", former + ": " + problem.what());
  }
}

void Doctor::database() {
  const std::string& path = config_.database;
  if (const std::string problem = folder_problem(folder_of(path)); !problem.empty())
    return say("fail", problem + "; nothing is drained into it");
  struct stat status {};
  if (stat(path.c_str(), &status) != 0 && errno == ENOENT)
    return say("warn", path + " is not there yet; virtsql-hook --drain makes it");
  if (S_ISDIR(status.st_mode))
    return say("fail", path + " is a folder: `database` in virtsql.conf names the database's file");
  if (access(path.c_str(), R_OK) != 0) return say("fail", "you may not read " + path + ": run this as root");
  if ((status.st_mode & 0007) != 0) say("warn", path + " is open to everybody: chmod 0640");
  // Before the database is read, because reading makes -wal and -shm.
  const bool whole = has_wal_files(path);
  if (const std::string problem = read_problem(path, true, kPatienceMilliseconds); !problem.empty())
    return say("fail", path + " is no sound database: " + problem +
                           "; records stay in the spool until one is in its place (sqlite3 .recover, or a backup)");
  say("ok", path + " is a sound database");
  is_readable_ = true;
  if (!whole) restore();
  schema();
  free_pages();
  clock();
  reader();
}

// What a newer version made is read and not written.
void Doctor::schema() {
  const std::string& path = config_.database;
  try {
    const ReadingConnection connection(path, kPatienceMilliseconds);
    Database database(connection.handle());
    if (const std::optional<SchemaMark> mark = read_schema_mark(database))
      refuse_newer_schema(*mark, Catalog::standard());
  } catch (const StoreError& error) {
    say("fail", path + ": " + error.what() + ". Records stay in the spool until then");
  } catch (const std::runtime_error& error) {
    say("fail", path + ": " + error.what());
  }
}

// A .dump does not say auto_vacuum, so a database that was made from one does not give pages back.
void Doctor::free_pages() {
  constexpr std::int64_t kIncremental = 2;
  const std::string& path = config_.database;
  try {
    const ReadingConnection connection(path, kPatienceMilliseconds);
    if (Database(connection.handle()).query_int("PRAGMA auto_vacuum") == kIncremental) return;
    say("warn", path + " does not get smaller when history is removed: stop virtsqld, run sqlite3 " + path +
                    " 'PRAGMA auto_vacuum = INCREMENTAL; VACUUM', and start it again");
  } catch (const std::runtime_error& error) {
    say("fail", path + ": " + error.what());
  }
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
  if (!getgrgid(status.st_gid))
    return say("warn", path + " belongs to group " + std::to_string(status.st_gid) +
                           ", which does not exist, so that root alone can read it: sudo virtsql-setup");
  const std::string problem = read_problem_of_member(path, status.st_gid, kPatienceMilliseconds);
  const std::string group = "members of the group " + name_of_group(status.st_gid);
  check(problem.empty(), group + " can read it",
        group + " cannot read " + path + ": " + problem +
            "; its folder needs mode 0750, its files 0640, and both the group virtsql");
}

// virtsqld holds a lock beside its database, so a virtsqld of another database does not count.
void Doctor::daemon() {
  const Fd lock(open(config_.daemon_lock_path().c_str(), O_RDONLY | O_CLOEXEC));
  if (lock.get() < 0 && is_for_root(errno)) return say("warn", "only root can see whether virtsqld runs");
  if (lock.get() >= 0 && flock(lock.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    say("ok", "virtsqld runs");
    if (is_readable_) full_sync();
    return;
  }
  const auto [what, remedy] = absence();
  say(has_service(kService) ? "fail" : "warn", what + ", so what is defined is not captured: " + remedy);
}

// Why no virtsqld holds the lock of this database, and what to do.
std::pair<std::string, std::string> Doctor::absence() const {
  const std::string lock = config_.daemon_lock_path();
  const std::vector<RunningDaemon> daemons = running_daemons();
  for (const RunningDaemon& daemon : daemons)
    if (daemon.lock == lock && daemon.is_deleted)
      return {"virtsqld (process " + daemon.process + ") runs, but its lock " + lock + " was deleted",
              "sudo systemctl restart virtsqld"};
  for (const std::string& folder : {folder_of(lock), config_.spool})
    if (has_service(kService) && !may_write(kService, folder))
      return {"the services may not write to " + folder + " yet", "sudo virtsql-setup lets them, and starts them"};
  for (const RunningDaemon& daemon : daemons)
    if (!daemon.lock.empty())
      return {"virtsqld (process " + daemon.process + ") runs with another database, whose lock is " + daemon.lock,
              "sudo virtsql-setup starts it with " + config_.database};
  if (!daemons.empty())
    return {"virtsqld (process " + daemons.front().process + ") runs, but does not hold " + lock,
            "journalctl -t virtsqld says why"};
  if (is_masked(kService))
    return {"virtsqld is masked", "sudo systemctl unmask virtsqld, then sudo systemctl enable --now virtsqld"};
  return {"virtsqld does not run", "sudo systemctl start virtsqld"};
}

// A full sync that finds nothing new makes no capture, but sets last_seen of the VMs that libvirt has. Without VMs,
// nothing tells when the last one was.
void Doctor::full_sync() {
  constexpr const char* kRemedy = ": journalctl -t virtsqld says why, and virsh -c URI list whether libvirt answers";
  const std::int64_t limit = std::max(INT64_C(2) * config_.resync_seconds, INT64_C(1200)) + 600;
  try {
    const std::optional<SyncAge> sync = age_of_sync(config_.database);
    if (!sync || sync->seconds <= limit) return;
    if (sync->is_none)
      say("fail", std::string("virtsqld has never done a full sync") + kRemedy);
    else
      say("fail", "virtsqld did the last full sync " + std::to_string(sync->seconds) +
                      " seconds ago, and should do one every " + std::to_string(config_.resync_seconds) + kRemedy);
  } catch (const std::runtime_error& error) {
    say("fail", config_.database + ": " + error.what());
  }
}

}  // namespace virtsql
