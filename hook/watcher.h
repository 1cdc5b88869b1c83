// One libvirt: its events, and looks at what they are about.
//
// Callbacks only note what to look at, as libvirt may not be asked from all of them; work() then looks. Of an event
// that changes a definition, or says how a domain fares, what it is about is kept even if it is what was captured last;
// all that is seen besides is kept where it is news. A sync looks at everything, and finds out what went meanwhile.
#pragma once

#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/libvirt/source.h"
#include "hook/recorder.h"

namespace virtsql {

// Something to look at.
struct Task {
  std::string uuid;  // of the domain
  std::string name;
  std::string operation;
  std::string sub_operation;
  bool only_news = false;
};

class Watcher {
 public:
  Watcher(std::string uri, Recorder& recorder) : uri_(std::move(uri)), recorder_(recorder) {}
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  ~Watcher() { disconnect(); }

  const std::string& uri() const { return uri_; }
  bool connected() const { return source_ != nullptr; }

  // Connects and registers for events; then everything that happened before is found by a sync. False, with a report,
  // where libvirt is not there.
  bool connect(bool with_events);

  // Of what is connected.
  const std::string& driver() const { return source_->driver(); }

  // Everything: what is there, and what is not there any more.
  void sync(bool progress = false);

  // The domain's definition was written.
  void note_definition(const std::string& name) { tasks_.push_back({"", name, "define", "config", true}); }

  // Looks at what was noted. Whether anything was.
  bool work();

 private:
  void look(const Task& task);
  void keep_without_document(const Task& task, const std::string& how);
  void forget_the_rest(const std::vector<LibvirtSource::Listed>& all);
  void register_events();
  void disconnect();

  static Watcher& self(void* data) { return *static_cast<Watcher*>(data); }
  static void on_close(virConnectPtr connection, int reason, void* data);
  static int on_lifecycle(virConnectPtr connection, virDomainPtr domain, int event, int detail, void* data);
  template <const char* Operation, typename... Details>
  static void on_change(virConnectPtr connection, virDomainPtr domain, Details... details, void* data);
  template <const char* Operation, typename Object, typename... Details>
  static void on_object(virConnectPtr connection, Object object, Details... details, void* data);

  const std::string uri_;
  Recorder& recorder_;
  std::unique_ptr<LibvirtSource> source_;
  std::string last_failure_;
  bool closed_ = false;
  std::vector<Task> tasks_;
  std::set<std::string> objects_operations_;  // events of what is no domain
  std::vector<int> domain_callbacks_;
  std::vector<int> network_callbacks_;
  std::vector<int> pool_callbacks_;
  std::vector<int> device_callbacks_;
};

}  // namespace virtsql
