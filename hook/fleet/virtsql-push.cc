// virtsql-push [--once] [--dry-run] [--json] [--database DB] [--fleet CONNINFO] [--config FILE]: brings the fleet's
// store to what this host's database has. Without --once, --dry-run and --json it is a daemon.
#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <thread>

#include "core/spool/config.h"
#include "hook/fleet/json_store.h"
#include "hook/fleet/postgres_store.h"
#include "hook/fleet/push_service.h"
#include "hook/fleet/pusher.h"
#include "hook/options.h"

namespace {

// How often --once tries a store that is busy, or that changes meanwhile (virtsql-fleet prune).
constexpr int kTries = 60;

void say(const virtsql::Pushed& pushed, bool dry) {
  (void)std::printf("%s %zu VMs, %zu parts of other tables, %zu captures; dropped %zu VMs; changed %lld rows\n",
                    dry ? "would push" : "pushed", pushed.vms, pushed.parts, pushed.captures, pushed.dropped_vms,
                    static_cast<long long>(pushed.changed));
}

int push_once(const virtsql::Config& config, const std::string& conninfo, bool dry, bool json) {
  virtsql::Host host(config);
  virtsql::Pusher pusher(
      host,
      [&]() -> std::unique_ptr<virtsql::FleetStore> {
        if (json) return std::make_unique<virtsql::JsonStore>(stdout, host.identity());
        return std::make_unique<virtsql::PostgresStore>(conninfo, host.identity(),
                                                        dry ? virtsql::Hello::kUndone : virtsql::Hello::kKept);
      },
      dry);
  for (int tries = 1;; ++tries) {
    try {
      const virtsql::Pushed pushed = pusher.push(virtsql::Round::kFull);
      if (!json || dry) say(pushed, dry);
      for (const auto& [what, why] : pushed.refused)
        (void)std::fprintf(stderr, "virtsql-push: the store refuses %s: %s\n", what.c_str(), why.c_str());
      return pushed.refused.empty() ? 0 : 1;
    } catch (const virtsql::StoreBusy& busy) {
      if (tries == kTries) throw;
      std::this_thread::sleep_for(busy.wait);
    } catch (const virtsql::StoreDiffers&) {
      if (tries == kTries) throw;
    }
  }
}

}  // namespace

int main(int count, char** arguments) {
  bool once = false;
  bool dry = false;
  bool json = false;
  std::string database;
  std::string conninfo;
  std::string path = virtsql::kConfigPath;
  constexpr option kOptions[] = {{"once", no_argument, nullptr, 'o'},
                                 {"dry-run", no_argument, nullptr, 'd'},
                                 {"json", no_argument, nullptr, 'j'},
                                 {"database", required_argument, nullptr, 'b'},
                                 {"fleet", required_argument, nullptr, 'f'},
                                 {"config", required_argument, nullptr, 'c'},
                                 {nullptr, 0, nullptr, 0}};
  virtsql::read_options(
      count, arguments,
      {"virtsql-push", "[--once] [--dry-run] [--json] [--database DB] [--fleet CONNINFO] [--config FILE]"}, kOptions,
      [&](int letter) {
        if (letter == 'o') once = true;
        if (letter == 'd') dry = true;
        if (letter == 'j') json = true;
        if (letter == 'b') database = optarg;
        if (letter == 'f') conninfo = optarg;
        if (letter == 'c') path = optarg;
      });
  (void)std::signal(SIGPIPE, SIG_IGN);
  try {
    virtsql::Config config = virtsql::readable_config(path);
    for (const virtsql::ConfigProblem& problem : config.problems)
      (void)std::fprintf(stderr, "virtsql-push: %s\n", problem.text.c_str());
    if (!database.empty()) config.database = database;
    if (conninfo.empty()) conninfo = config.fleet;
    if (conninfo.empty() && !json)
      throw std::runtime_error("no store is named: `fleet = ...` in " + path +
                               ", or --fleet CONNINFO; virtsql-fleet "
                               "add-host prints the line");
    if (once || dry || json) return push_once(config, conninfo, dry, json);
    virtsql::PushService(config, conninfo).run();
  } catch (const std::exception& error) {
    (void)std::fprintf(stderr, "virtsql-push: %s\n", error.what());
    return 1;
  }
}
