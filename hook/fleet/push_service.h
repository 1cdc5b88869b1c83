// virtsql-push as a daemon: pushes when the database was written to, and asks the store now and then what it has.
//
//   a write        waits fleet_debounce seconds for more of them, then pushes the difference
//   now and then   every fleet_resync seconds, give or take a fifth, a full round
//   a failure      is followed by another try after a random part of 1 s, 2 s, 4 s ... 10 min (full jitter), so that
//                  hosts which lost their store together do not come back together
//
// It can be killed at any time: it keeps nothing on disk, and the next one asks the store what it has.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <random>
#include <string>

#include "core/spool/config.h"
#include "hook/fleet/database_watch.h"
#include "hook/fleet/pusher.h"

namespace virtsql {

class PushService {
 public:
  // `conninfo` names the store.
  PushService(Config config, std::string conninfo);

  // Pushes for ever.
  [[noreturn]] void run();

 private:
  // Does one round. Returns how long to wait before the next one, even if the database is written to meanwhile; nothing
  // if the next one is due only after a write, or when it is time for a full round.
  std::optional<std::chrono::milliseconds> round();
  void open();
  // Watches the folder that has the database now. Throws what DatabaseWatch throws.
  void watch_again();
  std::chrono::milliseconds back_off();

  Config config_;
  std::string conninfo_;
  std::unique_ptr<DatabaseWatch> watch_;
  std::unique_ptr<Host> host_;
  std::unique_ptr<Pusher> pusher_;
  std::pair<std::uint64_t, std::uint64_t> file_;  // device and inode of the database that is open
  std::chrono::steady_clock::time_point next_full_{};
  int failures_ = 0;
  std::string waits_because_;  // why the store was busy at the last try; empty: it was not
  std::mt19937_64 random_{std::random_device{}()};
};

}  // namespace virtsql
