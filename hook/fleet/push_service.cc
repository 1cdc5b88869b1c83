#include "hook/fleet/push_service.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <thread>

#include "hook/fleet/postgres_store.h"

namespace virtsql {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds kFirstWait = seconds(1);
constexpr milliseconds kLongestWait = std::chrono::minutes(10);

void log(const std::string& what) { (void)std::fprintf(stderr, "virtsql-push: %s\n", what.c_str()); }

}  // namespace

PushService::PushService(Config config, std::string conninfo)
    : config_(std::move(config)), conninfo_(std::move(conninfo)) {}

// Opens the database; opens it anew if another file is behind its name, as after a restore, or if the configuration now
// says something else of what is secret.
void PushService::open() {
  if (refresh_secrets(config_)) {
    for (const ConfigProblem& problem : config_.problems) log(problem.text);
    pusher_.reset();
    host_.reset();
  }
  if (!config_.secrets_unknown.empty())
    throw std::runtime_error(config_.secrets_unknown + "; what is secret is not known, so nothing is sent");
  // Before the database is first read, so that no write after that is missed.
  if (!watch_ || watch_->is_gone()) watch_again();
  struct stat status {};
  if (stat(config_.database.c_str(), &status) != 0)
    throw std::runtime_error(config_.database + ": " + std::strerror(errno));
  const std::pair<std::uint64_t, std::uint64_t> file(status.st_dev, status.st_ino);
  if (host_ && file == file_) return;
  // With another file, the folder may be another one too: if one further up was replaced, the watch is not told.
  watch_again();
  // Both, before either is made: if the database cannot be opened, the next round must not take the old one for it.
  pusher_.reset();
  host_.reset();
  host_ = std::make_unique<Host>(config_);
  pusher_ = std::make_unique<Pusher>(
      *host_, [this] { return std::make_unique<PostgresStore>(conninfo_, host_->identity(), Hello::kKept); }, false);
  file_ = file;
}

void PushService::watch_again() {
  watch_.reset();
  watch_ = std::make_unique<DatabaseWatch>(config_.database);
}

milliseconds PushService::back_off() {
  const milliseconds limit = std::min<milliseconds>(kLongestWait, kFirstWait * (1LL << std::min(failures_, 20)));
  ++failures_;
  return milliseconds(std::uniform_int_distribution<long long>(0, limit.count())(random_));
}

std::optional<milliseconds> PushService::round() {
  const bool full = Clock::now() >= next_full_;
  try {
    open();
    const Pushed pushed = pusher_->push(full ? Round::kFull : Round::kDifference);
    for (const auto& [what, why] : pushed.refused) log("the store refuses " + what + ": " + why);
    if (failures_ > 0 || !waits_because_.empty()) log("the store answers again");
    failures_ = 0;
    waits_because_.clear();
    if (full)
      next_full_ =
          Clock::now() + milliseconds(std::uniform_int_distribution<long long>(
                             config_.fleet_resync_seconds * 800LL, config_.fleet_resync_seconds * 1200LL)(random_));
    return std::nullopt;
  } catch (const StoreBusy& busy) {
    if (waits_because_ != busy.what()) log(std::string(busy.what()) + "; this one waits");
    waits_because_ = busy.what();
    return busy.wait;
  } catch (const StoreDiffers& difference) {
    log(difference.what());
    pusher_->reset();
  } catch (const StoreRefusal& refusal) {
    log(refusal.what());
    pusher_->reset();
    failures_ = std::max(failures_, 7);  // a human must act: no hurry
  } catch (const std::exception& error) {
    log(error.what());
    // Whether the store has what was sent last is not known: the next round asks.
    if (pusher_) pusher_->reset();
  }
  next_full_ = {};
  return back_off();
}

void PushService::run() {
  for (;;) {
    const std::optional<milliseconds> wait = round();
    if (wait) {
      std::this_thread::sleep_for(*wait);
      continue;
    }
    const auto left = std::chrono::duration_cast<milliseconds>(next_full_ - Clock::now());
    if (!watch_->wait(std::max(left, milliseconds(0)))) continue;
    std::this_thread::sleep_for(seconds(config_.fleet_debounce_seconds));
    while (watch_->wait(milliseconds(0))) {
      // writes during the pause belong to the same round
    }
  }
}

}  // namespace virtsql
