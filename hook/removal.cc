#include "hook/removal.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "core/spool/spool.h"

namespace virtsql {
namespace {

constexpr std::size_t kMostThreads = 4;
constexpr std::size_t kWorthAThread = 32;  // records

}  // namespace

void Removal::start(std::vector<std::string> names) {
  wait();
  names_ = std::move(names);
  const std::size_t threads = std::min(names_.size() / kWorthAThread, kMostThreads);
  if (threads == 0) remove_every(1, 0);
  for (std::size_t first = 0; first < threads; ++first) {
    try {
      tasks_.push_back(std::async(std::launch::async, [=, this] { remove_every(threads, first); }));
    } catch (const std::system_error&) {  // the system gives no thread now
      remove_every(threads, first);
    }
  }
}

void Removal::wait() {
  for (std::future<void>& task : std::exchange(tasks_, {})) task.get();
}

// Removes every `step`-th record, beginning with number `first`.
void Removal::remove_every(std::size_t step, std::size_t first) const {
  for (std::size_t i = first; i < names_.size(); i += step) spool::remove(folder_, names_[i]);
}

}  // namespace virtsql
