// The main loop of virtsqld: watches the libvirts, the folders and the spool in libvirt's own event loop, all on one
// thread.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/spool/config.h"
#include "hook/folders.h"
#include "hook/recorder.h"
#include "hook/watcher.h"

namespace virtsql {

class Daemon {
 public:
  // REQUIRES: libvirt's event loop is set up. The configuration must outlive the daemon; see Recorder about changes.
  explicit Daemon(Config& config);

  // Looks at everything once and drains. Returns the exit status: 1 if a libvirt could not be asked, or something could
  // not be recorded or drained.
  int once();
  // Runs until SIGTERM or SIGINT. Returns the exit status: 1 if the event loop or the last drain failed.
  int run();

 private:
  static Daemon& self(void* data) { return *static_cast<Daemon*>(data); }
  static void on_signal(int watch, int fd, int events, void* data);
  static void on_folders(int watch, int fd, int events, void* data);
  static void on_work_due(int timer, void* data);
  static void on_retry(int timer, void* data);
  static void on_resync(int timer, void* data);
  static void on_again(int timer, void* data);
  static void on_busy(int timer, void* data);
  static void on_database(int timer, void* data);
  static void on_retention(int timer, void* data);

  bool add_timers();
  void work_soon();
  void drain();
  void check_database();
  void sync();
  void check_group_can_read();
  void work();
  void watch_folders();
  void watch_pools();

  const Config& config_;
  Recorder recorder_;
  Folders folders_;
  std::vector<std::unique_ptr<Watcher>> watchers_;
  std::set<Signal> signals_;  // from folders_, not given to the watchers yet
  int work_timer_ = -1;
  bool work_is_due_ = false;
  int retry_timer_ = -1;
  int retry_milliseconds_;
  int busy_timer_ = -1;
  int database_timer_ = -1;
  bool checking_database_ = false;
  int again_timer_ = -1;
  int again_milliseconds_;
  bool lost_ = false;              // a record could not be written: a sync finds what it was about
  std::size_t removed_ = 0;        // captures that retention removed, not reported yet
  std::string retention_problem_;  // the last reported problem of retention
  std::string reader_problem_;     // the last reported reason why the group cannot read
  bool stop_ = false;
};

}  // namespace virtsql
