// The configuration in /etc/virtsql.conf: where files are, and what is left out of documents. If the environment
// variable VIRTSQL_DB is set, it names the database instead, and the spool is beside that database. Paths begin with /,
// because each program that reads the file may stand in another folder; only VIRTSQL_DB may be relative.
//
// virtsql.conf(5) says what each key is for (hook/man/virtsql.conf.5), and hook/virtsql.conf is a sample; a test
// compares its defaults with those below. config.cc has the list of keys.
//
// Linked into the hook, so it uses only libc and the C++ standard library.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/spool/file_state.h"

namespace virtsql {

// What is wrong in the file. Its other lines still apply.
struct ConfigProblem {
  std::string text;
  bool of_secret = false;  // because of it a secret may be kept, or no document is
};

struct Config {
  std::string database = "/var/lib/virtsql/virtsql.db";
  std::string spool = "/var/lib/virtsql/spool";
  std::vector<std::string> redact;
  std::size_t max_size = 64U << 20U;
  std::vector<std::string> uris;  // the `uri` lines, as given; see watched_uris()
  int resync_seconds = 600;
  std::optional<int> retain_days;  // nullopt: captures are kept for ever
  int retain_every_seconds = 86400;
  std::string libvirt_folder = "/etc/libvirt";
  std::string libvirt_state_folder = "/var/lib/libvirt";
  std::string libvirt_run_folder = "/run/libvirt";
  std::string fleet;  // empty: this host is in no fleet
  int fleet_resync_seconds = 300;
  int fleet_debounce_seconds = 2;
  // The lock file that the database's one writer holds. It is beside the real database file, so that all links to the
  // database lead to the same lock.
  std::string lock_path() const { return real_database() + ".lock"; }
  // The lock file that the database's one virtsqld holds.
  std::string daemon_lock_path() const { return real_database() + ".virtsqld.lock"; }
  std::vector<ConfigProblem> problems;  // line by line
  std::string unreadable;               // why the file could not be read
  std::string secrets_unknown;          // why it is not known what is secret: that, or a line that may name a secret
  std::string file_path;
  FileState file_as_read;
  bool file_rests = true;  // false: perhaps somebody was still writing it when it was read

 private:
  std::string real_database() const;
};

// Returns the path of virtsql's hook for the driver (qemu, lxc, network, ...): the drop-in qemu.d/50-virtsql, or
// hooks/qemu itself if that is virtsql-hook, a copy of it, or a script that names it. Empty: it is not installed.
std::string installed_hook(const Config& config, const std::string& driver);

// Returns the URIs of the libvirts that virtsqld watches: those of the `uri` lines. Without such a line, QEMU's, and
// that of each other driver whose hook is installed here.
std::vector<std::string> watched_uris(const Config& config);

// Whether the URI is watched only because a hook is installed. A package installs hooks also for drivers that libvirt
// may lack, so it is no fault if nothing answers at such a URI.
bool is_optional(const Config& config, const std::string& uri);

inline constexpr const char* kConfigPath = "/etc/virtsql.conf";

// Returns the configuration in the file `path`, or the defaults if there is no such file. If the environment variable
// VIRTSQL_DB is set, it names the database instead, and the spool is beside that. Faults are in `problems`.
Config read_config(const std::string& path = kConfigPath);

// For programs that run on: if the file was changed or replaced since it was read, reads anew what is secret
// (`redact`), with `problems`, `unreadable` and `secrets_unknown`. The rest stays, because it is in use. So do the
// rules if the file is gone, and for 2 s after it was written in place: a file that is being replaced may be missing
// for a moment, and one that is being written lacks lines. Returns whether anything is new.
bool refresh_secrets(Config& config);

// The same as read_config() for callers that can refuse to work: throws std::runtime_error if it is not known what is
// secret, because the file exists and cannot be read, or because a line that may mean `redact` is not understood.
Config readable_config(const std::string& path = kConfigPath);

}  // namespace virtsql
