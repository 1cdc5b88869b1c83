#include "hook/daemon.h"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <utility>

#include "hook/reader.h"
#include "hook/report.h"

namespace virtsql {
namespace {

constexpr int kFirstRetryMilliseconds = 1000;
constexpr int kLastRetryMilliseconds = 30000;
// libvirt's connection is not served while the database is waited for, and libvirt gives up a peer that is silent for
// half a minute.
constexpr int kDrainPatienceMilliseconds = 2000;
// libvirt writes several files for one change; hooks several records for one start.
constexpr int kSettleMilliseconds = 150;

}  // namespace

Daemon::Daemon(const Config& config)
    : config_(config),
      recorder_(config),
      folders_(config),
      retry_milliseconds_(kFirstRetryMilliseconds),
      again_milliseconds_(kFirstRetryMilliseconds) {
  for (const std::string& uri : config.uris) watchers_.push_back(std::make_unique<Watcher>(uri, recorder_));
}

int Daemon::once() {
  // What waits in the spool is known once it is in the database.
  bool all = recorder_.drain(Wait::kYes);
  for (const auto& watcher : watchers_) {
    if (watcher->connect(false))
      watcher->sync(reports_on_terminal());
    else
      all = false;
  }
  const bool drained = recorder_.drain(Wait::kYes);
  if (reports_on_terminal()) (void)std::fprintf(stderr, "virtsqld: %zu new documents\n", recorder_.kept());
  return all && drained && !recorder_.take_failed() ? 0 : 1;
}

int Daemon::run() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  const int signal_fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
  virEventAddHandle(signal_fd, VIR_EVENT_HANDLE_READABLE, on_signal, this, nullptr);
  virEventAddHandle(folders_.fd(), VIR_EVENT_HANDLE_READABLE, on_folders, this, nullptr);
  settle_timer_ = virEventAddTimeout(-1, on_settled, this, nullptr);
  retry_timer_ = virEventAddTimeout(0, on_retry, this, nullptr);
  again_timer_ = virEventAddTimeout(-1, on_again, this, nullptr);
  virEventAddTimeout(config_.resync_seconds * 1000, on_resync, this, nullptr);
  folders_.watch();
  (void)sd_notify(0, "READY=1");
  // What waits in the spool is known once it is in the database.
  drain();
  while (!stop_) {
    if (virEventRunDefaultImpl() < 0) {
      report(LOG_ERR, std::string("libvirt's event loop failed: ") + virGetLastErrorMessage());
      return 1;
    }
    bool any = false;
    bool lost = false;
    for (const auto& watcher : watchers_) {
      const bool before = watcher->connected();
      any = watcher->work() || any;
      lost = lost || (before && !watcher->connected());
    }
    if (any) settle();
    if (lost) virEventUpdateTimeout(retry_timer_, kFirstRetryMilliseconds);
  }
  (void)sd_notify(0, "STOPPING=1");
  watchers_.clear();
  ::close(signal_fd);
  return recorder_.drain(Wait::kNo) ? 0 : 1;
}

// Drains soon. Not later and later, however much goes on.
void Daemon::settle() {
  if (settling_) return;
  settling_ = true;
  virEventUpdateTimeout(settle_timer_, kSettleMilliseconds);
}

// What could not be kept or drained is tried again, at growing intervals.
void Daemon::drain() {
  const bool drained = recorder_.drain(Wait::kNo, kDrainPatienceMilliseconds);
  lost_ = recorder_.take_failed() || lost_;
  if (drained && !lost_) {
    again_milliseconds_ = kFirstRetryMilliseconds;
    virEventUpdateTimeout(again_timer_, -1);
  } else {
    virEventUpdateTimeout(again_timer_, again_milliseconds_);
    again_milliseconds_ = std::min(again_milliseconds_ * 2, kLastRetryMilliseconds);
  }
}

void Daemon::on_again(int timer, void* data) {
  virEventUpdateTimeout(timer, -1);
  Daemon& daemon = self(data);
  if (std::exchange(daemon.lost_, false))
    daemon.sync();
  else
    daemon.settle();
}

void Daemon::on_signal(int, int fd, int, void* data) {
  signalfd_siginfo info{};
  while (read(fd, &info, sizeof info) == sizeof info) {
    if (info.ssi_signo == SIGHUP)
      self(data).sync();
    else
      self(data).stop_ = true;
  }
}

void Daemon::on_folders(int, int, int, void* data) {
  Daemon& daemon = self(data);
  const Folders::Changes changes = daemon.folders_.read();
  if (changes.folders) daemon.folders_.watch();
  for (const auto& change : changes.domains) daemon.changed_.insert(change);
  if (changes.spool || changes.folders || !changes.domains.empty()) daemon.settle();
}

void Daemon::on_settled(int timer, void* data) {
  virEventUpdateTimeout(timer, -1);
  Daemon& daemon = self(data);
  daemon.settling_ = false;
  std::set<std::pair<std::string, std::string>> changed;
  changed.swap(daemon.changed_);
  for (const auto& [driver, name] : changed)
    for (const auto& watcher : daemon.watchers_)
      if (watcher->connected() && watcher->driver() == driver) {
        watcher->note_definition(name);
        (void)watcher->work();
      }
  daemon.drain();
}

// Connects what is not connected.
void Daemon::on_retry(int timer, void* data) {
  Daemon& daemon = self(data);
  bool all = true;
  for (const auto& watcher : daemon.watchers_) {
    if (watcher->connected()) continue;
    if (watcher->connect(true)) {
      report(LOG_INFO, watcher->uri() + ": connected");
      watcher->sync();
      daemon.settle();
    } else {
      all = false;
    }
  }
  daemon.folders_.watch();
  daemon.retry_milliseconds_ =
      all ? kFirstRetryMilliseconds : std::min(daemon.retry_milliseconds_ * 2, kLastRetryMilliseconds);
  virEventUpdateTimeout(timer, all ? -1 : daemon.retry_milliseconds_);
}

void Daemon::on_resync(int, void* data) { self(data).sync(); }

// Whether the members of the database's group can read it; each new answer is reported.
void Daemon::look_as_reader() {
  const std::string& path = config_.database;
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return;
  std::string problem;
  recorder_.known().close();  // a connection that is open has files of its own
  if (!has_wal_files(path)) {
    problem = restore_wal_files(config_);
    if (problem.empty() && has_wal_files(path))
      report(LOG_NOTICE, path + "-wal and -shm were gone, without which only root could read it: they are there again");
  }
  if (problem.empty() && geteuid() == 0 && status.st_gid != 0) problem = read_problem_of_member(path, status.st_gid);
  if (!problem.empty() && problem != reader_problem_)
    report(LOG_WARNING, path + " cannot be read by its group: " + problem + " (virtsql-hook --doctor says more)");
  reader_problem_ = problem;
}

void Daemon::sync() {
  look_as_reader();
  folders_.watch();
  for (const auto& watcher : watchers_)
    if (watcher->connected()) watcher->sync();
  settle();
}

}  // namespace virtsql
