// One libvirt: its connection, its events, and looks (core/libvirt/observer.h) at what they are about.
//
// Callbacks only note what to look at, as libvirt may not be asked from all of them; work() then looks.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/libvirt/observer.h"
#include "core/libvirt/source.h"
#include "hook/folders.h"
#include "hook/recorder.h"

namespace virtsql {

class Watcher {
 public:
  // `alone`: no other watcher has a libvirt of the same driver on the same host. `optional`: libvirt may lack the
  // driver.
  Watcher(std::string uri, bool alone, bool optional, Recorder& recorder)
      : uri_(std::move(uri)), alone_(alone), optional_(optional), recorder_(recorder) {}
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  ~Watcher() { disconnect(); }

  const std::string& uri() const { return uri_; }
  bool connected() const { return source_ != nullptr; }
  // Whether libvirt lacks the driver, and may.
  bool absent() const { return absent_; }

  // Connects and registers for events; then everything that happened before is found by a sync. False, with a report
  // unless it is absent(), where libvirt is not there.
  bool connect(bool with_events);

  // Everything: what is there, and what is not there any more.
  void sync(const Observer::Progress& progress = {});

  // Notes what a file says, if it is of this libvirt.
  void note(const Signal& signal);

  // Notes what a hook told of, if it is of this libvirt.
  void note(const Thing& thing);

  // Looks at what was noted, for a part of a second. Whether anything was.
  bool work();
  // When there is something to look at: in so many milliseconds, 0: now, -1: when the next thing happens.
  int milliseconds_to_work() const;

  // While it is connected: libvirt's driver, and the folders of its pools, as Observer has them.
  const std::string& driver() const { return source_->driver(); }
  const std::map<std::string, std::string>& pool_folders() const { return observer_->pool_folders(); }

 private:
  using Key = std::tuple<std::string, std::string, std::string, std::string>;

  void note(Task task);
  static Key key_of(const Task& task) { return {task.kind, task.owner, task.id, task.operation}; }
  void note_later(const Task& task);
  void report_lateness(const Task& task);

  void register_events();
  void disconnect();

  static Watcher& self(void* data) { return *static_cast<Watcher*>(data); }
  static void on_close(virConnectPtr connection, int reason, void* data);
  static int on_lifecycle(virConnectPtr connection, virDomainPtr domain, int event, int detail, void* data);
  template <const char* Operation, typename... Details>
  static void on_change(virConnectPtr connection, virDomainPtr domain, Details... details, void* data);
  template <const char* Kind, auto Name, typename Object, typename... Details>
  static void on_object(virConnectPtr connection, Object object, Details... details, void* data);

  const std::string uri_;
  const bool alone_;
  const bool optional_;
  bool absent_ = false;
  Recorder& recorder_;
  std::unique_ptr<LibvirtSource> source_;
  std::unique_ptr<Observer> observer_;  // of the source
  std::string last_failure_;
  bool closed_ = false;
  bool late_ = false;  // and it was said
  std::deque<Task> tasks_;
  std::deque<std::pair<std::chrono::steady_clock::time_point, Task>> later_;  // to look at then; by time
  std::set<Key> waiting_;  // of the tasks that only look for news: each once
  std::vector<int> domain_callbacks_;
  std::vector<int> network_callbacks_;
  std::vector<int> pool_callbacks_;
  std::vector<int> device_callbacks_;
  std::vector<int> secret_callbacks_;
};

}  // namespace virtsql
