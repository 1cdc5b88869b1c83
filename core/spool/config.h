// Where things are, and what is left out: /etc/virtsql.conf, with VIRTSQL_DB before it.
//
//   # comment
//   database = /var/lib/virtsql/virtsql.db
//   spool = /var/lib/virtsql/spool
//   redact = /domain/os/cmdline                 (any number of these lines)
//   max_size = 67108864                         (bytes of XML that the hook takes)
//   uri = qemu:///system                        (what virtsqld watches; any number of these lines, see watched_uris())
//   resync = 600                                (seconds between two looks of virtsqld at everything)
//   retain = 180d                               (the age after which virtsqld removes captures; none: never)
//   retain_every = 86400                        (seconds between two looks of virtsqld for such)
//   libvirt_folder = /etc/libvirt               (where libvirt keeps definitions)
//   libvirt_state_folder = /var/lib/libvirt     (where it keeps snapshots and saved VMs)
//   libvirt_run_folder = /run/libvirt           (where it keeps what runs)
//   fleet = service=virtsql                     (the fleet's store, as libpq takes it; virtsql-push)
//   fleet_resync = 300                          (seconds between two questions to the store what it has)
//   fleet_debounce = 2                          (seconds for which virtsql-push waits for more writes)
//
// max_size goes up to spool::kMaxXml. Linked into the hook: libc and the C++ standard library alone.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace virtsql {

struct Config {
  std::string database = "/var/lib/virtsql/virtsql.db";
  std::string spool = "/var/lib/virtsql/spool";
  std::vector<std::string> redact;
  std::size_t max_size = 64U << 20U;
  std::vector<std::string> uris;  // as given; see watched_uris()
  int resync_seconds = 600;
  std::optional<int> retain_days;  // nothing: for ever
  int retain_every_seconds = 86400;
  std::string libvirt_folder = "/etc/libvirt";
  std::string libvirt_state_folder = "/var/lib/libvirt";
  std::string libvirt_run_folder = "/run/libvirt";
  std::string fleet;  // empty: this host is in no fleet
  int fleet_resync = 300;
  int fleet_debounce = 2;
  // The file whose lock the one writer of the database holds: beside the file itself, whatever links lead to it.
  std::string lock() const { return real_database() + ".lock"; }
  // The one whose lock the one virtsqld of the database holds.
  std::string daemon_lock() const { return real_database() + ".virtsqld.lock"; }
  std::vector<std::string> problems;  // lines that were not understood; the rest holds all the same
  std::string unreadable;             // why the file, which is there, could not be read: what is secret is not known

 private:
  std::string real_database() const;
};

// The libvirts that virtsqld watches: those of `uri`; without any, QEMU's, and those of the drivers whose hook is
// installed here (lxc.d/50-virtsql, or hooks/lxc itself as a link to virtsql-hook).
std::vector<std::string> watched_uris(const Config& config);

// Whether it is watched only because a hook is installed: a package installs that for drivers that libvirt may lack, so
// its being away is no fault.
bool is_optional(const Config& config, const std::string& uri);

inline constexpr const char* kConfigPath = "/etc/virtsql.conf";

// The configuration: `path` where it is there, then the environment variable VIRTSQL_DB, whose spool is beside it.
Config read_config(const std::string& path = kConfigPath);

// The same for who can say no: throws std::runtime_error where the file is there and cannot be read.
Config readable_config(const std::string& path = kConfigPath);

}  // namespace virtsql
