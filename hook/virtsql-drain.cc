// virtsql-drain [--wait] [--config FILE]: stores the records that wait in the spool in the database. The hook starts it
// without --wait: then it ends at once if another writer is at work.
#include <sys/stat.h>
#include <syslog.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

#include "core/spool/folder.h"
#include "core/xml/allocations.h"
#include "hook/drain.h"
#include "hook/options.h"

namespace {

// Exit status: the database is written, but records stay in the spool that can neither be stored nor set aside.
constexpr int kRecordsStay = 3;

}  // namespace

int main(int count, char** arguments) {
  virtsql::xml::watch_allocations();
  bool wait = false;
  std::string path = virtsql::kConfigPath;
  constexpr option kOptions[] = {
      {"wait", no_argument, nullptr, 'w'}, {"config", required_argument, nullptr, 'c'}, {nullptr, 0, nullptr, 0}};
  virtsql::read_options(count, arguments, {"virtsql-drain", "[--wait] [--config FILE]"}, kOptions, [&](int letter) {
    if (letter == 'w')
      wait = true;
    else
      path = optarg;
  });
  (void)std::signal(SIGPIPE, SIG_IGN);
  // Ignored, so that a write beyond the limit on file sizes fails like one to a full disk.
  (void)std::signal(SIGXFSZ, SIG_IGN);
  umask(0027);  // definitions are not for everybody
  openlog("virtsql-drain", LOG_PID, LOG_DAEMON);
  try {
    const virtsql::Config config = virtsql::read_config(path);
    if (const std::string problem = virtsql::folder_problem(virtsql::folder_of(config.database)); !problem.empty())
      throw std::runtime_error(problem + "; the records stay in " + config.spool);
    const virtsql::Drained drained = virtsql::drain(config, wait ? virtsql::Wait::kYes : virtsql::Wait::kNo);
    if (wait && drained.set_aside > 0)
      (void)std::fprintf(stderr,
                         "virtsql-drain: %zu records could not be stored; they are in %s/bad with the reasons\n",
                         drained.set_aside, config.spool.c_str());
    if (wait && !drained.warning.empty()) (void)std::fprintf(stderr, "virtsql-drain: %s\n", drained.warning.c_str());
    if (drained.left == 0) return 0;
    if (wait)
      (void)std::fprintf(stderr, "virtsql-drain: %zu records stay in %s: %s\n", drained.left, config.spool.c_str(),
                         drained.why_left.c_str());
    return kRecordsStay;
  } catch (const std::exception& error) {
    syslog(LOG_ERR, "%s", error.what());
    if (wait) (void)std::fprintf(stderr, "virtsql-drain: %s\n", error.what());
    return 1;
  }
}
