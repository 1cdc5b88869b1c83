// virtsqld: captures what no hook sees. libvirt calls no hook when a domain is defined, changed, renamed or undefined.
//
//   virtsqld            runs until SIGTERM: follows libvirt's events and files, and looks at everything now and then
//   virtsqld --once     looks at everything once, drains, and exits; status 1 if a part of that failed
//   --config FILE       in place of /etc/virtsql.conf
//   --help, --version
//
// It asks libvirt at each URI of its configuration (watched_uris() of core/spool/config.h). What it finds goes into the
// spool as the hook's records do, and is drained under the same lock. So hooks, virtsqld and virtsql-drain can all work
// at once.
//
// Three things make it look, and each covers what the others miss:
//   events (watcher.h)    of domains, networks, pools and devices
//   folders (folders.h)   where libvirt renames a definition into place: attach-device --config and the like raise no
//                         event
//   resync (daemon.h)     at every (re)connection and every `resync` seconds: it looks at everything and keeps what
//                         is new (core/libvirt/known.h)
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>

#include "core/libvirt/handles.h"
#include "core/libvirt/source.h"
#include "core/spool/config.h"
#include "core/spool/fd.h"
#include "core/spool/folder.h"
#include "core/spool/spool.h"
#include "core/store/lock.h"
#include "core/xml/allocations.h"
#include "hook/daemon.h"
#include "hook/options.h"
#include "hook/report.h"

namespace virtsql {
namespace {

struct Options {
  bool once = false;
  std::string config = kConfigPath;
};

// Takes the lock of the one virtsqld of the database: as long as the result lives, there is no other. Throws if another
// virtsqld holds it. If the file cannot be locked, only warns and gives nothing.
std::unique_ptr<FileLock> be_the_only_one(const Config& config) {
  std::unique_ptr<FileLock> lock;
  try {
    lock = std::make_unique<FileLock>(config.daemon_lock_path(), Wait::kNo);
  } catch (const std::runtime_error& error) {
    report(LOG_WARNING, error.what());
    return nullptr;
  }
  if (!lock->held()) throw std::runtime_error("another virtsqld works on " + config.database + "; this one ends");
  return lock;
}

int run(const Options& options) {
  Config config = read_config(options.config);
  for (const ConfigProblem& problem : config.problems) report(LOG_WARNING, problem.text);
  if (const std::string problem = folder_problem(folder_of(config.database)); !problem.empty())
    throw std::runtime_error(problem);
  if (const Fd spool(spool::open_folder(config.spool)); spool.get() == -spool::kNotOurs)
    throw std::runtime_error(spool::open_error(config.spool, spool.get()));
  // --once takes no lock: it may run beside the daemon.
  const std::unique_ptr<FileLock> only_one = options.once ? nullptr : be_the_only_one(config);
  keep_libvirt_quiet();
  // Before the first connection: a connection that was opened before raises no events.
  if (virEventRegisterDefaultImpl() < 0) throw LibvirtError("libvirt's event loop cannot be set up");
  Daemon daemon(config);
  return options.once ? daemon.once() : daemon.run();
}

}  // namespace
}  // namespace virtsql

int main(int count, char** arguments) {
  virtsql::xml::watch_allocations();
  virtsql::Options options;
  constexpr option kOptions[] = {
      {"once", no_argument, nullptr, 'o'}, {"config", required_argument, nullptr, 'c'}, {nullptr, 0, nullptr, 0}};
  virtsql::read_options(count, arguments, {"virtsqld", "[--once] [--config FILE]"}, kOptions, [&](int letter) {
    if (letter == 'o')
      options.once = true;
    else
      options.config = optarg;
  });
  if (isatty(STDERR_FILENO) == 1 || options.once) virtsql::report_on_terminal();
  openlog("virtsqld", LOG_PID, LOG_DAEMON);
  // Ignored, so that a write beyond the limit on file sizes fails like one to a full disk, and a write to a closed
  // connection like any other.
  (void)std::signal(SIGXFSZ, SIG_IGN);
  (void)std::signal(SIGPIPE, SIG_IGN);
  umask(0027);
  try {
    return virtsql::run(options);
  } catch (const std::exception& error) {
    virtsql::report(LOG_ERR, error.what());
    return 1;
  }
}
