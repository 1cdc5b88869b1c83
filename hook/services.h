// What systemd's units and the running processes say about virtsqld. Only reads files: it asks no daemon.
#pragma once

#include <string>
#include <vector>

namespace virtsql {

// A virtsqld that runs here, except one that only looks once.
struct RunningDaemon {
  std::string process;      // its number
  std::string lock;         // the lock file that it holds, as its database's; empty: none, or only root can see it
  bool is_deleted = false;  // the lock file has no name any more
};

// Those of this PID namespace: a container's virtsqld is not this host's.
std::vector<RunningDaemon> running_daemons();

// Whether systemd runs here and has the unit. Without the unit, virtsqld may be started by other means, or not be
// wanted at all: the hook alone captures too.
bool has_service(const std::string& unit);

// Whether the administrator has forbidden the unit to start.
bool is_masked(const std::string& unit);

// Whether the unit, which may write only into virtsql's own folder /var/lib/virtsql, may write into the folder: that is
// below it, or a drop-in in /etc/systemd/system or the administrator's own unit names it, or that unit protects
// nothing.
bool may_write(const std::string& unit, const std::string& folder);

}  // namespace virtsql
