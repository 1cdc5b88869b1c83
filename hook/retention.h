// Retention: how virtsqld removes what is older than `retain` of the configuration, a little at a time.
#pragma once

#include <chrono>
#include <string>

#include "core/spool/config.h"

namespace virtsql {

struct Retained {
  std::size_t captures = 0;  // removed
  bool more = false;         // whether to go on later: time ran out, or another process holds the lock
  std::string problem;       // what could not be removed; empty if there is no problem
};

// Removes captures older than `config.retain_days` under the writer's lock, for about as long as `patience` says. Does
// nothing if another process holds the lock. REQUIRES: `config.retain_days` is set. See core/store/prune.h. Throws
// std::exception if the database fails.
Retained retain(const Config& config, std::chrono::milliseconds patience);

}  // namespace virtsql
