// virtsql-drain [--wait] [--config FILE]: puts what waits in the spool into the database. The hook starts it; without
// --wait it leaves at once where another writer is at work.
#include <syslog.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#include "hook/drain.h"

int main(int count, char** arguments) {
  bool wait = false;
  std::string path = virtsql::kConfigPath;
  for (int i = 1; i < count; ++i) {
    const std::string_view option = arguments[i];
    if (option == "--wait")
      wait = true;
    else if (option == "--config" && i + 1 < count)
      path = arguments[++i];
  }
  // A limit on file sizes is an error like a full disk.
  (void)std::signal(SIGXFSZ, SIG_IGN);
  openlog("virtsql-drain", LOG_PID, LOG_DAEMON);
  try {
    const virtsql::Config config = virtsql::read_config(path);
    const virtsql::Drained drained = virtsql::drain(config, wait ? virtsql::Wait::kYes : virtsql::Wait::kNo);
    if (wait && drained.set_aside > 0)
      (void)std::fprintf(stderr,
                         "virtsql-drain: %zu records could not be stored; they are in %s/bad with the reasons\n",
                         drained.set_aside, config.spool.c_str());
    if (wait && !drained.warning.empty()) (void)std::fprintf(stderr, "virtsql-drain: %s\n", drained.warning.c_str());
    return 0;
  } catch (const std::exception& error) {
    syslog(LOG_ERR, "%s", error.what());
    if (wait) (void)std::fprintf(stderr, "virtsql-drain: %s\n", error.what());
    return 1;
  }
}
