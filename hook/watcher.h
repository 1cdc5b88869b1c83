// One libvirt: its events, and looks at what they are about.
//
// Callbacks only note what to look at, as libvirt may not be asked from all of them; work() then looks. Of an event
// that changes a definition, or says how a domain fares, what it is about is kept even if it is what was captured last;
// all that is seen besides is kept if it is news. A look costs what its one thing costs; only a sync looks at
// everything, and finds out what went meanwhile.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/libvirt/source.h"
#include "hook/folders.h"
#include "hook/recorder.h"

namespace virtsql {

// Something to look at.
struct Task {
  std::string kind;   // domain, or as object_kinds() has it
  std::string owner;  // what it belongs to; of a domain's, its UUID or name
  std::string id;     // a domain's UUID or name, else the name; empty: all of the kind that the owner has
  std::string operation;
  std::string sub_operation;
  bool only_news = true;
  bool definition = true;  // of a domain: its definition is asked for
  bool live = true;        // and itself running
  std::chrono::steady_clock::time_point noted = std::chrono::steady_clock::now();
};

class Watcher {
 public:
  // `alone`: no other watcher has a libvirt of the same driver on the same host.
  Watcher(std::string uri, bool alone, Recorder& recorder) : uri_(std::move(uri)), alone_(alone), recorder_(recorder) {}
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  ~Watcher() { disconnect(); }

  const std::string& uri() const { return uri_; }
  bool connected() const { return source_ != nullptr; }

  // Connects and registers for events; then everything that happened before is found by a sync. False, with a report,
  // where libvirt is not there.
  bool connect(bool with_events);

  // Everything: what is there, and what is not there any more.
  void sync(bool progress = false);

  // Notes what a file says, if it is of this libvirt.
  void note(const Signal& signal);

  // Looks at what was noted, for a part of a second. Whether anything was.
  bool work();
  // Whether something is left to look at.
  bool busy() const { return !tasks_.empty(); }

  // The folders of the active pools that keep their volumes in one, by pool; of those that do not, an empty name.
  const std::string& driver() const { return source_->driver(); }
  const std::map<std::string, std::string>& pool_folders() const { return pool_folders_; }

 private:
  using Key = std::tuple<std::string, std::string, std::string, std::string>;

  void note(Task task);
  static Key key_of(const Task& task) { return {task.kind, task.owner, task.id, task.operation}; }
  void report_lateness(const Task& task);

  void look(const Task& task);
  void look_at_domain(const Task& task);
  void look_for_missing_domain(const Task& task);
  void look_at_object(const ObjectKind& kind, const Task& task);
  void look_at_all(const ObjectKind& kind, const std::string& owner, const std::string& operation);
  // Looks at all of the kind that the owner has; their names, unless they could not be listed.
  std::optional<std::vector<std::string>> keep_all(const ObjectKind& kind, const std::string& owner,
                                                   const std::string& operation, const std::string& how);
  void keep_object(const ObjectKind& kind, const std::string& owner, ObjectDocument document,
                   const std::string& operation, const std::string& how);
  void keep_domain(virDomainPtr domain, DomainState state, const Task& task, const std::string& how);
  void note_pool_folder(const ObjectDocument& pool);

  bool is_mine(const Thing& thing) const;
  Thing thing(std::string_view kind, const std::string& owner, const std::string& id) const;
  void say_undefined(const std::string& uuid, const std::string& name, const std::string& state,
                     const std::string& how);
  void say_gone(const Thing& thing, const std::string& how);
  void say_owned_gone(std::string_view owner_kind, const std::string& owner, const std::string& how);

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
  Recorder& recorder_;
  std::unique_ptr<LibvirtSource> source_;
  std::string last_failure_;
  bool closed_ = false;
  bool late_ = false;  // and it was said
  std::uint64_t look_ = 0;
  std::deque<Task> tasks_;
  std::set<Key> waiting_;  // of the tasks that only look for news: each once
  std::map<std::string, std::string> pool_folders_;
  std::vector<int> domain_callbacks_;
  std::vector<int> network_callbacks_;
  std::vector<int> pool_callbacks_;
  std::vector<int> device_callbacks_;
  std::vector<int> secret_callbacks_;
};

}  // namespace virtsql
