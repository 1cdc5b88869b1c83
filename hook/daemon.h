// virtsqld at work: libvirts, folders and the spool, in libvirt's own event loop, all on one thread.
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
  // libvirt's event loop must have been set up. The configuration must outlive the daemon.
  explicit Daemon(const Config& config);

  // Looks at everything once and drains. The exit status.
  int once();
  // Until SIGTERM. The exit status.
  int run();

 private:
  static Daemon& self(void* data) { return *static_cast<Daemon*>(data); }
  static void on_signal(int watch, int fd, int events, void* data);
  static void on_folders(int watch, int fd, int events, void* data);
  static void on_settled(int timer, void* data);
  static void on_retry(int timer, void* data);
  static void on_resync(int timer, void* data);
  static void on_again(int timer, void* data);
  static void on_busy(int timer, void* data);
  static void on_database(int timer, void* data);
  static void on_retention(int timer, void* data);

  void settle();
  void drain();
  void check_database();
  void sync();
  void look_as_reader();
  void work();
  void watch_pools();

  const Config& config_;
  Recorder recorder_;
  Folders folders_;
  std::vector<std::unique_ptr<Watcher>> watchers_;
  std::set<Signal> signals_;  // what files said since the last look
  int settle_timer_ = -1;
  bool settling_ = false;
  int retry_timer_ = -1;
  int retry_milliseconds_;
  int busy_timer_ = -1;
  int database_timer_ = -1;
  bool checking_database_ = false;
  int again_timer_ = -1;
  int again_milliseconds_;
  bool lost_ = false;              // records could not be kept: a sync finds what they were about
  std::size_t removed_ = 0;        // captures, by retention since the last pause
  std::string retention_problem_;  // what was last reported about it
  std::string reader_problem_;     // what was last reported about those who may read
  bool stop_ = false;
};

}  // namespace virtsql
