// virtsqld: captures what no hook sees. libvirt calls no hook when a domain is defined, changed, renamed or undefined.
//
//   virtsqld            runs until SIGTERM: libvirt's events, the folders of its definitions, now and then everything
//   virtsqld --once     looks at everything once, drains, and exits; 1 where libvirt could not be asked
//   --config FILE       in place of /etc/virtsql.conf
//
// It asks libvirt at each URI of its configuration (`uri`, default qemu:///system). What it finds goes into the spool
// as the hook's records do, and is drained under the same lock, so hooks, virtsqld and virtsql-drain can all work at
// once.
//
// Three ways lead to a look, each covering what the others miss:
//   events (watcher.h)    of domains, networks, pools and devices
//   folders (folders.h)   where libvirt renames a definition into place: attach-device --config and the like raise no
//                         event
//   resync (daemon.h)     at every (re)connection and every `resync` seconds: everything, of which only what is new is
//                         kept (known.h)
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include "core/libvirt/source.h"
#include "core/spool/config.h"
#include "hook/daemon.h"
#include "hook/report.h"

namespace virtsql {
namespace {

// libvirt prints its errors on stderr unless told otherwise; here they come with the exception.
void be_quiet(void*, virErrorPtr) {}

struct Options {
  bool once = false;
  std::string config = kConfigPath;
};

int run(const Options& options) {
  const Config config = read_config(options.config);
  for (const std::string& problem : config.problems) report(LOG_WARNING, problem);
  virSetErrorFunc(nullptr, be_quiet);
  // Before the first connection, or it raises no events.
  if (virEventRegisterDefaultImpl() < 0) throw LibvirtError("libvirt's event loop cannot be set up");
  Daemon daemon(config);
  return options.once ? daemon.once() : daemon.run();
}

}  // namespace
}  // namespace virtsql

int main(int count, char** arguments) {
  virtsql::Options options;
  for (int i = 1; i < count; ++i) {
    const std::string_view option = arguments[i];
    if (option == "--version") return std::puts("virtsqld " VIRTSQL_VERSION) < 0;
    if (option == "--once") {
      options.once = true;
    } else if (option == "--config" && i + 1 < count) {
      options.config = arguments[++i];
    } else {
      (void)std::fputs("usage: virtsqld [--once] [--config FILE] | --version\n", option == "--help" ? stdout : stderr);
      return option == "--help" ? 0 : 2;
    }
  }
  if (isatty(STDERR_FILENO) == 1 || options.once) virtsql::report_on_terminal();
  openlog("virtsqld", LOG_PID, LOG_DAEMON);
  // A limit on file sizes is an error like a full disk.
  (void)std::signal(SIGXFSZ, SIG_IGN);
  umask(0027);
  try {
    return virtsql::run(options);
  } catch (const std::exception& error) {
    virtsql::report(LOG_ERR, error.what());
    return 1;
  }
}
