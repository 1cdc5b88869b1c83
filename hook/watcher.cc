#include "hook/watcher.h"

#include <libvirt/virterror.h>

#include <cstdio>
#include <utility>

#include "hook/report.h"

namespace virtsql {
namespace {

// Operations, as captures name them: the hook's name where there is one. Arrays, as template arguments must be.
constexpr char kDefine[] = "define";
constexpr char kStopped[] = "stopped";
constexpr char kShutdown[] = "shutdown";
constexpr char kCrashed[] = "crashed";
constexpr char kNetwork[] = "network";
constexpr char kPool[] = "pool";
constexpr char kNodeDevice[] = "nodedev";
constexpr char kAttach[] = "attach-device";
constexpr char kDetach[] = "detach-device";
constexpr char kMetadata[] = "metadata";
constexpr char kMedia[] = "change-media";
constexpr char kBlockJob[] = "block-job";
constexpr char kTunable[] = "tunable";
constexpr char kBalloon[] = "balloon";
constexpr char kMemory[] = "memory-device";
using spool::kUndefine;

// The operation by which a lifecycle event is recorded. Empty: of no interest.
std::string_view operation_of(int event, int detail) {
  switch (event) {
    case VIR_DOMAIN_EVENT_DEFINED:
      return kDefine;
    case VIR_DOMAIN_EVENT_UNDEFINED:
      // The same domain is defined under its new name next.
      return detail == VIR_DOMAIN_EVENT_UNDEFINED_RENAMED ? std::string_view() : kUndefine;
    case VIR_DOMAIN_EVENT_STARTED:
      return "started";
    case VIR_DOMAIN_EVENT_SUSPENDED:
      return "suspended";
    case VIR_DOMAIN_EVENT_RESUMED:
      return "resumed";
    case VIR_DOMAIN_EVENT_STOPPED:
      return kStopped;
    case VIR_DOMAIN_EVENT_SHUTDOWN:
      return kShutdown;
    case VIR_DOMAIN_EVENT_PMSUSPENDED:
      return "pmsuspended";
    case VIR_DOMAIN_EVENT_CRASHED:
      return kCrashed;
    default:
      return "";
  }
}

std::string_view definition_detail(int detail) {
  switch (detail) {
    case VIR_DOMAIN_EVENT_DEFINED_ADDED:
      return "added";
    case VIR_DOMAIN_EVENT_DEFINED_UPDATED:
      return "updated";
    case VIR_DOMAIN_EVENT_DEFINED_RENAMED:
      return "renamed";
    case VIR_DOMAIN_EVENT_DEFINED_FROM_SNAPSHOT:
      return "from-snapshot";
    default:
      return "";
  }
}

// Whether libvirt may have no document of the domain any more.
bool is_end(std::string_view operation) {
  return operation == kUndefine || operation == kStopped || operation == kShutdown || operation == kCrashed;
}

// Whether the record is what the event is about: the definition of a domain that was defined, else the domain as it
// runs.
bool is_about(const Task& task, const spool::Record& record) {
  if (task.operation == kUndefine || task.operation == kStopped) return false;
  return record.config == (task.operation == kDefine ? "persistent" : "live");
}

Task task_of(virDomainPtr domain, std::string_view operation, bool only_news) {
  Task task;
  task.uuid = uuid_of(domain);
  if (const char* name = virDomainGetName(domain)) task.name = name;
  task.operation = operation;
  task.only_news = only_news;
  return task;
}

}  // namespace

// ---- the connection

bool Watcher::connect(bool with_events) {
  try {
    source_ = std::make_unique<LibvirtSource>(uri_, true);
  } catch (const LibvirtError& error) {
    if (error.what() != last_failure_) report(LOG_WARNING, error.what());
    last_failure_ = error.what();
    return false;
  }
  last_failure_.clear();
  closed_ = false;
  if (with_events) register_events();
  return true;
}

void Watcher::disconnect() {
  if (!source_) return;
  const virConnectPtr connection = source_->connection();
  const auto remove = [&](std::vector<int>& callbacks, int (*deregister)(virConnectPtr, int)) {
    for (const int callback : std::exchange(callbacks, {})) (void)deregister(connection, callback);
  };
  remove(domain_callbacks_, virConnectDomainEventDeregisterAny);
  remove(network_callbacks_, virConnectNetworkEventDeregisterAny);
  remove(pool_callbacks_, virConnectStoragePoolEventDeregisterAny);
  remove(device_callbacks_, virConnectNodeDeviceEventDeregisterAny);
  (void)virConnectUnregisterCloseCallback(connection, on_close);
  virResetLastError();
  source_.reset();
  tasks_.clear();  // the sync of the next connection finds it all
}

void Watcher::on_close(virConnectPtr, int, void* data) { self(data).closed_ = true; }

int Watcher::on_lifecycle(virConnectPtr, virDomainPtr domain, int event, int detail, void* data) {
  const std::string_view operation = operation_of(event, detail);
  if (operation.empty()) return 0;
  Task task = task_of(domain, operation, false);
  if (event == VIR_DOMAIN_EVENT_DEFINED) task.sub_operation = definition_detail(detail);
  self(data).tasks_.push_back(std::move(task));
  return 0;
}

// Events of which only the domain matters here: what changed, the XML says.
template <const char* Operation, typename... Details>
void Watcher::on_change(virConnectPtr, virDomainPtr domain, Details..., void* data) {
  self(data).tasks_.push_back(task_of(domain, Operation, true));
}

// Events of networks, pools and devices, of which all are looked at.
template <const char* Operation, typename Object, typename... Details>
void Watcher::on_object(virConnectPtr, Object, Details..., void* data) {
  self(data).objects_operations_.insert(Operation);
}

void Watcher::register_events() {
  const virConnectPtr connection = source_->connection();
  (void)virConnectRegisterCloseCallback(connection, on_close, this, nullptr);
  // Drivers without one of these have nothing of the kind.
  const auto keep = [](std::vector<int>& callbacks, int callback) {
    if (callback >= 0) callbacks.push_back(callback);
  };
  const auto add = [&](int event, virConnectDomainEventGenericCallback callback) {
    keep(domain_callbacks_, virConnectDomainEventRegisterAny(connection, nullptr, event, callback, this, nullptr));
  };
  add(VIR_DOMAIN_EVENT_ID_LIFECYCLE, VIR_DOMAIN_EVENT_CALLBACK(on_lifecycle));
  add(VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, VIR_DOMAIN_EVENT_CALLBACK((on_change<kAttach, const char*>)));
  add(VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, VIR_DOMAIN_EVENT_CALLBACK((on_change<kDetach, const char*>)));
  add(VIR_DOMAIN_EVENT_ID_METADATA_CHANGE, VIR_DOMAIN_EVENT_CALLBACK((on_change<kMetadata, int, const char*>)));
  add(VIR_DOMAIN_EVENT_ID_DISK_CHANGE,
      VIR_DOMAIN_EVENT_CALLBACK((on_change<kMedia, const char*, const char*, const char*, int>)));
  add(VIR_DOMAIN_EVENT_ID_TRAY_CHANGE, VIR_DOMAIN_EVENT_CALLBACK((on_change<kMedia, const char*, int>)));
  add(VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2, VIR_DOMAIN_EVENT_CALLBACK((on_change<kBlockJob, const char*, int, int>)));
  add(VIR_DOMAIN_EVENT_ID_TUNABLE, VIR_DOMAIN_EVENT_CALLBACK((on_change<kTunable, virTypedParameterPtr, int>)));
  add(VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE, VIR_DOMAIN_EVENT_CALLBACK((on_change<kBalloon, unsigned long long>)));
  add(VIR_DOMAIN_EVENT_ID_MEMORY_DEVICE_SIZE_CHANGE,
      VIR_DOMAIN_EVENT_CALLBACK((on_change<kMemory, const char*, unsigned long long>)));

  keep(network_callbacks_,
       virConnectNetworkEventRegisterAny(connection, nullptr, VIR_NETWORK_EVENT_ID_LIFECYCLE,
                                         VIR_NETWORK_EVENT_CALLBACK((on_object<kNetwork, virNetworkPtr, int, int>)),
                                         this, nullptr));
  keep(pool_callbacks_,
       virConnectStoragePoolEventRegisterAny(
           connection, nullptr, VIR_STORAGE_POOL_EVENT_ID_LIFECYCLE,
           VIR_STORAGE_POOL_EVENT_CALLBACK((on_object<kPool, virStoragePoolPtr, int, int>)), this, nullptr));
  // Volumes come and go without events of their own, but for what a refresh finds.
  keep(pool_callbacks_, virConnectStoragePoolEventRegisterAny(
                            connection, nullptr, VIR_STORAGE_POOL_EVENT_ID_REFRESH,
                            VIR_STORAGE_POOL_EVENT_CALLBACK((on_object<kPool, virStoragePoolPtr>)), this, nullptr));
  keep(device_callbacks_,
       virConnectNodeDeviceEventRegisterAny(
           connection, nullptr, VIR_NODE_DEVICE_EVENT_ID_LIFECYCLE,
           VIR_NODE_DEVICE_EVENT_CALLBACK((on_object<kNodeDevice, virNodeDevicePtr, int, int>)), this, nullptr));
  keep(device_callbacks_,
       virConnectNodeDeviceEventRegisterAny(connection, nullptr, VIR_NODE_DEVICE_EVENT_ID_UPDATE,
                                            VIR_NODE_DEVICE_EVENT_CALLBACK((on_object<kNodeDevice, virNodeDevicePtr>)),
                                            this, nullptr));
  virResetLastError();
}

// ---- looking

void Watcher::sync(bool progress) {
  std::set<std::string> defined;
  const auto keep = [&](spool::Record record) { recorder_.keep(std::move(record), true); };
  try {
    // Before the domains: what they name is known when they come.
    forget_the_rest(source_->record_host("sync", "sync", keep));
    forget_the_rest(source_->record_networks("sync", "sync", keep));
    const std::vector<DomainRef> domains = source_->domains();
    std::size_t number = 0;
    for (const DomainRef& domain : domains) {
      DomainState state = LibvirtSource::look_at(domain.get());
      if (progress) (void)std::printf("[%zu/%zu] %s\n", ++number, domains.size(), state.name.c_str());
      if (state.persistent) defined.insert(state.uuid);
      source_->record_domain(std::move(state), "sync", "", "sync", keep);
      forget_the_rest(source_->record_snapshots(domain.get(), "sync", "sync", keep));
    }
  } catch (const LibvirtError& error) {
    report(LOG_WARNING, error.what());
    return;
  }
  for (const auto& [uuid, name] : recorder_.known().defined_before(source_->host(), source_->driver()))
    if (!defined.contains(uuid)) keep_without_document({uuid, name, std::string(kUndefine), "", false}, "sync");
}

bool Watcher::work() {
  if (!source_) return false;
  if (closed_) {
    report(LOG_WARNING, uri_ + ": the connection is lost");
    disconnect();
    return false;
  }
  bool any = false;
  std::vector<Task> tasks;
  tasks.swap(tasks_);
  for (const Task& task : tasks) {
    any = true;
    try {
      look(task);
    } catch (const LibvirtError& error) {
      report(LOG_WARNING, error.what());
    }
  }
  for (const std::string& operation : std::exchange(objects_operations_, {})) {
    any = true;
    const auto keep = [&](spool::Record record) { recorder_.keep(std::move(record), true); };
    forget_the_rest(operation == kNetwork ? source_->record_networks(operation, "event", keep)
                                          : source_->record_host(operation, "event", keep));
  }
  return any;
}

void Watcher::look(const Task& task) {
  if (is_end(task.operation)) keep_without_document(task, "event");
  const auto keep_news = [&](spool::Record record) { recorder_.keep(std::move(record), true); };
  // Ports come and go with the devices of running domains, without events of their own.
  if (task.operation != kDefine && task.operation != kMetadata)
    forget_the_rest(source_->record_networks(kNetwork, "event", keep_news));
  const DomainRef domain = source_->find(task.uuid.empty() ? task.name : task.uuid);
  if (!domain) return;
  forget_the_rest(source_->record_snapshots(domain.get(), task.operation, "event", keep_news));
  source_->record_domain(LibvirtSource::look_at(domain.get()), task.operation, task.sub_operation, "event",
                         [&](spool::Record record) {
                           const bool only_news = task.only_news || !is_about(task, record);
                           recorder_.keep(std::move(record), only_news);
                         });
}

// Says of what is in the database, and libvirt did not list, that it is gone.
void Watcher::forget_the_rest(const std::vector<LibvirtSource::Listed>& all) {
  for (const LibvirtSource::Listed& listed : all) {
    for (const std::string& name : recorder_.known().objects(listed, source_->host(), source_->driver())) {
      if (listed.names.contains(name)) continue;
      spool::Record record = source_->record(std::string(kUndefine), "sync");
      record.sub_operation = listed.kind;
      record.name = name;
      record.uuid = listed.vm_uuid;
      record.config = "persistent";
      recorder_.keep(std::move(record), false);
    }
  }
}

void Watcher::keep_without_document(const Task& task, const std::string& how) {
  spool::Record record = source_->record(task.operation, how);
  record.uuid = task.uuid;
  record.name = task.name;
  record.sub_operation = task.sub_operation;
  record.config = task.operation == kUndefine ? "persistent" : "live";
  recorder_.keep(std::move(record), false);
}

}  // namespace virtsql
