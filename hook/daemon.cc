#include "hook/daemon.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <utility>

#include "core/spool/fd.h"
#include "hook/patience.h"
#include "hook/reader.h"
#include "hook/report.h"
#include "hook/retention.h"

namespace virtsql {
namespace {

constexpr int kFirstRetryMilliseconds = 1000;
constexpr int kLastRetryMilliseconds = 30000;
// The longest pause before records that could not be written or drained are tried again. It is short, so that a disk
// that has room again is used within seconds.
constexpr int kLastAgainMilliseconds = 3000;
// How long to wait after the database file was replaced before looking at it, so that whoever replaces it is done.
constexpr int kDatabaseMilliseconds = 1000;
// How long to wait after a change before looking and draining, so that one look and one drain serve all of it: libvirt
// writes several files for one change, and hooks write several records for one start.
constexpr int kGatherMilliseconds = 150;
// Captures older than `retain` are removed every `retain_every` seconds, a little at a time, with a pause after each
// step: during a step nobody can drain, and libvirt's connection is not served. The first removal waits until the start
// is over.
constexpr int kFirstRetentionMilliseconds = 60 * 1000;
constexpr int kNextRetentionMilliseconds = 1000;
constexpr std::chrono::milliseconds kRetentionPatience{300};

void print_progress(std::size_t number, std::size_t count, const std::string& name) {
  (void)std::printf("[%zu/%zu] %s\n", number, count, name.c_str());
}

}  // namespace

Daemon::Daemon(Config& config)
    : config_(config),
      recorder_(config),
      folders_(config),
      retry_milliseconds_(kFirstRetryMilliseconds),
      again_milliseconds_(kFirstRetryMilliseconds) {
  const std::vector<std::string> uris = watched_uris(config);
  for (const std::string& uri : uris)
    watchers_.push_back(std::make_unique<Watcher>(uri, is_alone(uri, uris), is_optional(config, uri), recorder_));
}

int Daemon::once() {
  // Before the first look: what waits in the spool is not in the database yet, so the look would record it again as
  // new.
  bool all = recorder_.drain(Wait::kYes);
  for (const auto& watcher : watchers_) {
    if (watcher->connect(false))
      all = watcher->sync(reports_on_terminal() ? print_progress : Observer::Progress()) && all;
    else
      all = all && watcher->absent();
  }
  const bool drained = recorder_.drain(Wait::kYes);
  if (reports_on_terminal()) (void)std::fprintf(stderr, "virtsqld: %zu new documents\n", recorder_.kept());
  return all && drained && !recorder_.take_failed() ? 0 : 1;
}

int Daemon::run() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  const bool blocked = sigprocmask(SIG_BLOCK, &signals, nullptr) == 0;
  const Fd signal_fd(blocked ? signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC) : -1);
  // Without it, no signal could end the daemon any more.
  if (signal_fd.get() < 0) {
    report(LOG_ERR, std::string("signals cannot be waited for: ") + std::strerror(errno));
    return 1;
  }
  if (virEventAddHandle(signal_fd.get(), VIR_EVENT_HANDLE_READABLE, on_signal, this, nullptr) < 0) {
    report(LOG_ERR, std::string("signals cannot be waited for: ") + virGetLastErrorMessage());
    return 1;
  }
  if (folders_.fd() >= 0 && virEventAddHandle(folders_.fd(), VIR_EVENT_HANDLE_READABLE, on_folders, this, nullptr) < 0)
    report(LOG_WARNING, "libvirt's folders are not watched: what raises no event is found at the next full sync");
  if (!add_timers()) {
    report(LOG_ERR, std::string("libvirt's event loop takes no timer: ") + virGetLastErrorMessage());
    return 1;
  }
  watch_folders();
  (void)sd_notify(0, "READY=1");
  // Before the first look: what waits in the spool is not in the database yet, so the look would record it again as
  // new.
  drain();
  while (!stop_) {
    if (virEventRunDefaultImpl() < 0) {
      report(LOG_ERR, std::string("libvirt's event loop failed: ") + virGetLastErrorMessage());
      return 1;
    }
    work();
  }
  (void)sd_notify(0, "STOPPING=1");
  watchers_.clear();
  return recorder_.drain(Wait::kNo) ? 0 : 1;
}

// Returns false if one cannot be added.
bool Daemon::add_timers() {
  bool all = true;
  const auto add = [&](int milliseconds, virEventTimeoutCallback callback) {
    const int timer = virEventAddTimeout(milliseconds, callback, this, nullptr);
    all = all && timer >= 0;
    return timer;
  };
  work_timer_ = add(-1, on_work_due);
  retry_timer_ = add(0, on_retry);
  again_timer_ = add(-1, on_again);
  busy_timer_ = add(-1, on_busy);
  database_timer_ = add(-1, on_database);
  (void)add(config_.resync_seconds * 1000, on_resync);
  if (config_.retain_days)
    (void)add(std::min(kFirstRetentionMilliseconds, config_.retain_every_seconds * 1000), on_retention);
  return all;
}

// Lets each watcher look at what it noted, and sets the timer for what is left.
void Daemon::work() {
  bool any = false;
  int next = -1;
  bool lost = false;
  for (const auto& watcher : watchers_) {
    const bool before = watcher->connected();
    any = watcher->work() || any;
    const int wait = watcher->milliseconds_to_work();
    if (wait >= 0) next = next < 0 ? wait : std::min(next, wait);
    lost = lost || (before && !watcher->connected());
  }
  if (any) {
    watch_pools();
    work_soon();
  }
  virEventUpdateTimeout(busy_timer_, next);
  if (lost) virEventUpdateTimeout(retry_timer_, kFirstRetryMilliseconds);
}

// Does nothing: the timer only wakes the event loop, after which run() calls work().
void Daemon::on_busy(int, void*) {}

void Daemon::watch_folders() {
  folders_.watch();
  if (const std::string problem = folders_.take_problem(); !problem.empty()) report(LOG_ERR, problem);
}

void Daemon::watch_pools() {
  for (const auto& watcher : watchers_)
    if (watcher->connected())
      for (const auto& [pool, folder] : watcher->pool_folders()) folders_.watch_pool(watcher->driver(), pool, folder);
}

// Looks and drains soon. If that is due already, its time stays: steady activity must not put it off for ever.
void Daemon::work_soon() {
  if (work_is_due_) return;
  work_is_due_ = true;
  virEventUpdateTimeout(work_timer_, kGatherMilliseconds);
}

// Drains now. If that fails or a record could not be written, sets a timer to try again, at growing intervals.
void Daemon::drain() {
  const bool drained = recorder_.drain(Wait::kNo, kLoopPatienceMilliseconds);
  lost_ = recorder_.take_failed() || lost_;
  for (const Thing& thing : recorder_.memory().take_things_to_ask())
    for (const auto& watcher : watchers_) watcher->note(thing);
  // By the timer, not from here: the sync that must follow ends in another drain.
  if (recorder_.memory().was_cleared()) virEventUpdateTimeout(database_timer_, 0);
  if (drained && !lost_) {
    again_milliseconds_ = kFirstRetryMilliseconds;
    virEventUpdateTimeout(again_timer_, -1);
  } else {
    virEventUpdateTimeout(again_timer_, again_milliseconds_);
    again_milliseconds_ = std::min(again_milliseconds_ * 2, kLastAgainMilliseconds);
  }
}

void Daemon::on_again(int timer, void* data) {
  virEventUpdateTimeout(timer, -1);
  Daemon& daemon = self(data);
  if (std::exchange(daemon.lost_, false))
    daemon.sync();
  else
    daemon.work_soon();
}

void Daemon::on_signal(int, int fd, int, void* data) {
  signalfd_siginfo info{};
  while (read(fd, &info, sizeof info) == sizeof info) {
    if (info.ssi_signo == SIGHUP) {
      self(data).check_database();
      self(data).sync();
    } else {
      self(data).stop_ = true;
    }
  }
}

void Daemon::on_folders(int, int, int, void* data) {
  Daemon& daemon = self(data);
  Folders::Changes changes = daemon.folders_.read();
  daemon.signals_.merge(changes.signals);
  if (changes.spool || !daemon.signals_.empty()) daemon.work_soon();
  if (changes.database && !daemon.checking_database_ && daemon.recorder_.memory().file_changed()) {
    daemon.checking_database_ = true;
    virEventUpdateTimeout(daemon.database_timer_, kDatabaseMilliseconds);
  }
  if (changes.lost) {
    report(LOG_WARNING,
           "more files changed than the kernel remembers (fs.inotify.max_queued_events): everything is looked at");
    daemon.sync();
  }
}

void Daemon::on_database(int timer, void* data) {
  virEventUpdateTimeout(timer, -1);
  Daemon& daemon = self(data);
  daemon.checking_database_ = false;
  daemon.check_database();
  if (daemon.recorder_.memory().was_cleared()) daemon.sync();
}

// Drains first, so that what waits in the spool is in the database before it is read anew.
void Daemon::check_database() {
  drain();
  recorder_.memory().check();
}

void Daemon::on_work_due(int timer, void* data) {
  virEventUpdateTimeout(timer, -1);
  Daemon& daemon = self(data);
  daemon.work_is_due_ = false;
  for (const Signal& signal : std::exchange(daemon.signals_, {}))
    for (const auto& watcher : daemon.watchers_) watcher->note(signal);
  for (const auto& watcher : daemon.watchers_) (void)watcher->work();
  daemon.drain();
}

// Connects to each libvirt that is not connected.
void Daemon::on_retry(int timer, void* data) {
  Daemon& daemon = self(data);
  bool all = true;
  // Before the first look at libvirt, so that changes after that look are noticed.
  daemon.watch_folders();
  for (const auto& watcher : daemon.watchers_) {
    if (watcher->connected()) continue;
    if (watcher->connect(true)) {
      report(LOG_INFO, watcher->uri() + ": connected");
      (void)watcher->sync();
      daemon.work_soon();
    } else {
      all = all && watcher->absent();  // an absent driver starts no retry of its own
    }
  }
  // Again, because libvirt makes folders when it is first connected to.
  daemon.watch_folders();
  daemon.watch_pools();
  daemon.retry_milliseconds_ =
      all ? kFirstRetryMilliseconds : std::min(daemon.retry_milliseconds_ * 2, kLastRetryMilliseconds);
  virEventUpdateTimeout(timer, all ? -1 : daemon.retry_milliseconds_);
}

void Daemon::on_resync(int, void* data) {
  self(data).check_database();
  self(data).sync();
}

void Daemon::on_retention(int timer, void* data) {
  Daemon& daemon = self(data);
  bool more = false;
  std::string problem;
  try {
    const Retained done = retain(daemon.config_, kRetentionPatience);
    daemon.removed_ += done.captures;
    problem = done.problem;
    more = done.more;
  } catch (const std::exception& error) {
    problem = error.what();
  }
  if (!problem.empty() && problem != daemon.retention_problem_)
    report(LOG_WARNING, "what is older than `retain` cannot all be removed: " + problem);
  daemon.retention_problem_ = problem;
  if (!more && daemon.removed_ != 0)
    report(LOG_INFO,
           std::to_string(std::exchange(daemon.removed_, 0)) + " captures were older than `retain`; they are gone");
  virEventUpdateTimeout(timer, more ? kNextRetentionMilliseconds : daemon.config_.retain_every_seconds * 1000);
  // A drainer that a hook started meanwhile found the lock taken and ended: drain in its place.
  daemon.work_soon();
}

// Checks whether the members of the database's group can read it, and reports each new problem. Makes -wal and -shm
// again if they are gone.
void Daemon::check_group_can_read() {
  const std::string& path = config_.database;
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return;
  std::string problem;
  if (!has_wal_files(path)) {
    problem = restore_wal_files(config_, kLoopPatienceMilliseconds);
    if (problem.empty() && has_wal_files(path))
      report(LOG_NOTICE, path + "-wal and -shm were gone, without which only root could read it: they are there again");
  }
  if (problem.empty() && geteuid() == 0 && status.st_gid != 0)
    problem = read_problem_of_member(path, status.st_gid, kLoopPatienceMilliseconds);
  if (!problem.empty() && problem != reader_problem_)
    report(LOG_WARNING, path + " cannot be read by its group: " + problem + " (virtsql-hook --doctor says more)");
  reader_problem_ = problem;
}

void Daemon::sync() {
  check_group_can_read();
  (void)recorder_.memory().take_cleared();
  watch_folders();
  for (const auto& watcher : watchers_)
    if (watcher->connected()) (void)watcher->sync();
  watch_pools();
  work_soon();
}

}  // namespace virtsql
