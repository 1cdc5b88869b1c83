// Watches one libvirt: its connection and its events, and looks (core/libvirt/observer.h) at what the events are about.
//
// Callbacks only note what to look at, because libvirt may not be asked from all of them. work() then looks.
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
  // Whether libvirt lacks the driver, which is no problem as the driver is optional.
  bool absent() const { return absent_; }

  // Connects and, if `with_events`, registers for events; a sync must follow, to find what happened before. Returns
  // false if libvirt cannot be reached, and reports each new reason unless absent().
  bool connect(bool with_events);

  // Looks at everything: what is there, and what is not there any more. Returns false if libvirt could not be asked,
  // and reports why. REQUIRES: connected().
  bool sync(const Observer::Progress& progress = {});

  // Notes the thing that a file is about, if it belongs to this libvirt.
  void note(const Signal& signal);

  // Notes a thing that a hook told of, if it belongs to this libvirt.
  void note(const Thing& thing);

  // Looks at what was noted, for a part of a second. Returns whether there was anything. Disconnects if the connection
  // is lost.
  bool work();
  // In how many milliseconds there is something to look at. 0: now; -1: nothing is noted.
  int milliseconds_to_work() const;

  // libvirt's driver, and the folders of its pools, see Observer::pool_folders(). REQUIRES: connected().
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
  std::unique_ptr<Observer> observer_;  // looks through source_
  std::string last_failure_;
  bool closed_ = false;
  bool late_ = false;  // events wait for too long, and that was reported
  std::deque<Task> tasks_;
  std::deque<std::pair<std::chrono::steady_clock::time_point, Task>> later_;  // when to look at what; in order of time
  std::set<Key> waiting_;  // keys of the only_news tasks in tasks_: none is there twice
  std::vector<int> domain_callbacks_;
  std::vector<int> network_callbacks_;
  std::vector<int> pool_callbacks_;
  std::vector<int> device_callbacks_;
  std::vector<int> secret_callbacks_;
};

}  // namespace virtsql
