// Retention at work: what virtsqld does about `retain` of the configuration, a little at a time.
#pragma once

#include <chrono>
#include <string>

#include "core/spool/config.h"

namespace virtsql {

struct Retained {
  std::size_t captures = 0;  // that went
  bool left = false;         // whether something is left to do: nothing but time was missing, or somebody else writes
  std::string problem;       // what could not be done; empty: nothing
};

// Removes captures older than `config.retain_days`, which is set, for about as long as `patience` says, under the
// writer's lock; what somebody else's writing keeps it from is left. See core/store/prune.h. Throws std::exception if
// the database fails.
Retained retain(const Config& config, std::chrono::milliseconds patience);

}  // namespace virtsql
