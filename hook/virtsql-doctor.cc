// virtsql-doctor [--config FILE]: says whether the installation works; virtsql-hook --doctor runs it. Exit status 1 if
// something does not. With --path it says where the configuration has the database or the spool, for scripts. It is a
// program of its own because it opens the database: the hook is static and has no SQLite.
#include <sys/stat.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

#include "core/spool/config.h"
#include "core/spool/folder.h"
#include "hook/doctor.h"
#include "hook/options.h"

namespace {

// Prints the path that the configuration has for `key`. Returns the exit status.
int print_path(const std::string& config_path, const std::string& key) {
  if (key != "database" && key != "spool") {
    (void)std::fprintf(stderr, "virtsql-doctor: --path is database or spool, not %s\n", key.c_str());
    return 2;
  }
  const virtsql::Config config = virtsql::read_config(config_path);
  if (!config.unreadable.empty()) throw std::runtime_error(config.unreadable);
  (void)std::printf("%s\n", (key == "spool" ? config.spool : config.database).c_str());
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  std::string path = virtsql::kConfigPath;
  std::string key;
  constexpr option kOptions[] = {
      {"config", required_argument, nullptr, 'c'}, {"path", required_argument, nullptr, 'p'}, {nullptr, 0, nullptr, 0}};
  virtsql::read_options(count, arguments, {"virtsql-doctor", "[--config FILE] [--path database|spool]"}, kOptions,
                        [&](int letter) { (letter == 'p' ? key : path) = optarg; });
  (void)std::signal(SIGPIPE, SIG_IGN);
  umask(0027);
  try {
    if (!key.empty()) return print_path(path, key);
    const virtsql::Config config = virtsql::read_config(path);
    return virtsql::Doctor(config, virtsql::program_path("virtsql-drain")).run() ? 0 : 1;
  } catch (const std::exception& error) {
    (void)std::fprintf(stderr, "virtsql-doctor: %s\n", error.what());
    return 1;
  }
}
