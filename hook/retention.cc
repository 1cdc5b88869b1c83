#include "hook/retention.h"

#include <cassert>

#include "core/store/lock.h"
#include "core/store/prune.h"
#include "core/store/writer.h"

namespace virtsql {

Retained retain(const Config& config, std::chrono::milliseconds patience) {
  assert(config.retain_days);
  const FileLock lock(config.lock_path(), Wait::kNo);
  if (!lock.held()) return {0, true, ""};
  Writer writer(config.database, static_cast<int>(patience.count()));
  Prune prune(writer.database(), Catalog::standard(), *config.retain_days, Prune::Keep::kNewest);
  // Time counts from here: Prune has just read all captures, which is in vain if no step follows.
  const auto end = std::chrono::steady_clock::now() + patience;
  Retained out;
  do {
    out.more = prune.step();
  } while (out.more && std::chrono::steady_clock::now() < end);
  out.captures = prune.captures();
  if (!prune.problems().empty()) out.problem = prune.problems().front();
  writer.checkpoint();
  return out;
}

}  // namespace virtsql
