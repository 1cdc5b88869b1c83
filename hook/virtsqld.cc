// virtsqld: captures what no hook sees. libvirt calls no hook when a domain is defined, changed, renamed or undefined.
//
//   virtsqld            runs until SIGTERM: libvirt's events, the folders of its definitions, now and then everything
//   virtsqld --once     looks at everything once, drains, and exits; 1 where libvirt could not be asked
//   --config FILE       in place of /etc/virtsql.conf
//   --help, --version
//
// It asks libvirt at each URI of its configuration (watched_uris() of core/spool/config.h). What it finds goes into the
// spool as the hook's records do, and is drained under the same lock, so hooks, virtsqld and virtsql-drain can all work
// at once.
//
// Three ways lead to a look, each covering what the others miss:
//   events (watcher.h)    of domains, networks, pools and devices
//   folders (folders.h)   where libvirt renames a definition into place: attach-device --config and the like raise no
//                         event
//   resync (daemon.h)     at every (re)connection and every `resync` seconds: everything, of which only what is new is
//                         kept (core/libvirt/known.h)
#include <fcntl.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>

#include "core/libvirt/source.h"
#include "core/spool/config.h"
#include "core/spool/folder.h"
#include "core/spool/spool.h"
#include "core/xml/allocations.h"
#include "hook/daemon.h"
#include "hook/options.h"
#include "hook/report.h"

namespace virtsql {
namespace {

// libvirt prints its errors on stderr unless told otherwise; here they come with the exception.
void be_quiet(void*, virErrorPtr) {}

struct Options {
  bool once = false;
  std::string config = kConfigPath;
};

// The lock of the one virtsqld of the database, held until the process ends. Throws where another one holds it.
void be_the_only_one(const Config& config) {
  const std::string path = config.daemon_lock();
  const int lock = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) return report(LOG_WARNING, path + ": " + std::strerror(errno));
  if (flock(lock, LOCK_EX | LOCK_NB) != 0)
    throw std::runtime_error("another virtsqld works on " + config.database + "; this one ends");
}

int run(const Options& options) {
  const Config config = read_config(options.config);
  for (const std::string& problem : config.problems) report(LOG_WARNING, problem);
  if (const std::string problem = folder_problem(folder_of(config.database)); !problem.empty())
    throw std::runtime_error(problem);
  const int spool = spool::open_folder(config.spool);
  if (spool == -spool::kNotOurs) throw std::runtime_error(spool::open_error(config.spool, spool));
  if (spool >= 0) ::close(spool);
  // A look at everything by hand may go on beside the daemon.
  if (!options.once) be_the_only_one(config);
  virSetErrorFunc(nullptr, be_quiet);
  // Before the first connection, or it raises no events.
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
  // A limit on file sizes is an error like a full disk; a connection that went away, like any other.
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
