#include "hook/watcher.h"

#include <libvirt/virterror.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/spool/operations.h"
#include "core/spool/spool.h"
#include "hook/report.h"

namespace virtsql {
namespace {

using kinds::kDomain;
using kinds::kNetwork;
using kinds::kNodeDevice;
using kinds::kPool;
using kinds::kSecret;
using operations::is_of_host;
using operations::kDefine;
using operations::kUpdate;

// Whether two events of the operation on one domain need only one look if nothing else happened to the domain between
// them: libvirt has only what the second one left.
bool needs_one_look(std::string_view operation) { return operation == kDefine || is_of_host(operation); }

// How long one call of work() looks, so that libvirt's connection is served between two calls.
constexpr std::chrono::milliseconds kWork{200};
// An event that waits for longer than this is late, which is reported.
constexpr std::chrono::seconds kLate{5};
// After some events libvirt changes something more without another event. It is done by then, and the domain is looked
// at again.
constexpr std::chrono::milliseconds kLater{500};

// The operation under which a lifecycle event is recorded; empty if it is not recorded.
std::string_view operation_of(int event, int detail) {
  switch (event) {
    case VIR_DOMAIN_EVENT_DEFINED:
      return kDefine;
    case VIR_DOMAIN_EVENT_UNDEFINED:
      // A rename: the domain is defined under its new name next.
      return detail == VIR_DOMAIN_EVENT_UNDEFINED_RENAMED ? std::string_view() : operations::kUndefine;
    case VIR_DOMAIN_EVENT_STARTED:
      return operations::kStarted;
    case VIR_DOMAIN_EVENT_SUSPENDED:
      return operations::kSuspended;
    case VIR_DOMAIN_EVENT_RESUMED:
      return operations::kResumed;
    case VIR_DOMAIN_EVENT_STOPPED:
      return operations::kStopped;
    case VIR_DOMAIN_EVENT_SHUTDOWN:
      return operations::kShutdown;
    case VIR_DOMAIN_EVENT_PMSUSPENDED:
      return operations::kPmSuspended;
    case VIR_DOMAIN_EVENT_CRASHED:
      return operations::kCrashed;
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

Task task_of(virDomainPtr domain, std::string_view operation, bool only_news) {
  Task task;
  task.kind = kDomain;
  task.id = uuid_of(domain);
  task.operation = operation;
  task.only_news = only_news;
  return task;
}

// The definition of a domain may have changed without libvirt saying so.
Task task_of_definition(const std::string& id) {
  Task task;
  task.kind = kDomain;
  task.id = id;
  task.operation = kDefine;
  task.sub_operation = "config";
  task.live = false;
  return task;
}

std::string secret_name(virSecretPtr secret) {
  std::array<char, VIR_UUID_STRING_BUFLEN> uuid{};
  return virSecretGetUUIDString(secret, uuid.data()) == 0 ? uuid.data() : "";
}

}  // namespace

// ---- the connection

bool Watcher::connect(bool with_events) {
  try {
    source_ = std::make_unique<LibvirtSource>(uri_, true);
  } catch (const LibvirtError& error) {
    absent_ = optional_ && error.code == VIR_ERR_NO_CONNECT;
    if (!absent_ && error.what() != last_failure_) report(LOG_WARNING, error.what());
    last_failure_ = error.what();
    return false;
  }
  observer_ = std::make_unique<Observer>(*source_, alone_, recorder_);
  last_failure_.clear();
  absent_ = false;
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
  remove(secret_callbacks_, virConnectSecretEventDeregisterAny);
  (void)virConnectUnregisterCloseCallback(connection, on_close);
  virResetLastError();
  observer_.reset();
  source_.reset();
  tasks_.clear();  // the sync of the next connection finds it all
  later_.clear();
  waiting_.clear();
}

void Watcher::on_close(virConnectPtr, int, void* data) { self(data).closed_ = true; }

int Watcher::on_lifecycle(virConnectPtr, virDomainPtr domain, int event, int detail, void* data) {
  const std::string_view operation = operation_of(event, detail);
  if (operation.empty()) return 0;
  Task task = task_of(domain, operation, false);
  task.sub_operation = event == VIR_DOMAIN_EVENT_DEFINED ? definition_detail(detail) : "";
  task.definition = event == VIR_DOMAIN_EVENT_DEFINED;
  task.live = !task.definition;
  self(data).note(std::move(task));
  // At a start libvirt puts the devices of the definition into another order if it had added some.
  if (event == VIR_DOMAIN_EVENT_STARTED) self(data).note(task_of_definition(uuid_of(domain)));
  // libvirt may remove the definition after this event without another one (migrate --undefinesource).
  if (event == VIR_DOMAIN_EVENT_STOPPED && detail == VIR_DOMAIN_EVENT_STOPPED_MIGRATED)
    self(data).note_later(task_of(domain, kUpdate, true));
  return 0;
}

// For events of which only the domain matters: what changed is in its XML.
template <const char* Operation, typename... Details>
void Watcher::on_change(virConnectPtr, virDomainPtr domain, Details..., void* data) {
  self(data).note(task_of(domain, Operation, !is_of_host(Operation)));
}

// For events of things that are no domain.
template <const char* Kind, auto Name, typename Object, typename... Details>
void Watcher::on_object(virConnectPtr, Object object, Details..., void* data) {
  Task task;
  task.kind = Kind;
  task.id = Name(object);
  task.operation = Kind;
  self(data).note(std::move(task));
}

void Watcher::register_events() {
  const virConnectPtr connection = source_->connection();
  (void)virConnectRegisterCloseCallback(connection, on_close, this, nullptr);
  // Registering returns -1 if the driver does not know the event. That is no error: it has no such things.
  const auto keep = [](std::vector<int>& callbacks, int callback) {
    if (callback >= 0) callbacks.push_back(callback);
  };
  const auto add = [&](int event, virConnectDomainEventGenericCallback callback) {
    keep(domain_callbacks_, virConnectDomainEventRegisterAny(connection, nullptr, event, callback, this, nullptr));
  };
  add(VIR_DOMAIN_EVENT_ID_LIFECYCLE, VIR_DOMAIN_EVENT_CALLBACK(on_lifecycle));
  add(VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, VIR_DOMAIN_EVENT_CALLBACK((on_change<operations::kAttachDevice, const char*>)));
  add(VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED,
      VIR_DOMAIN_EVENT_CALLBACK((on_change<operations::kDetachDevice, const char*>)));
  add(VIR_DOMAIN_EVENT_ID_METADATA_CHANGE,
      VIR_DOMAIN_EVENT_CALLBACK((on_change<operations::kMetadata, int, const char*>)));
  add(VIR_DOMAIN_EVENT_ID_DISK_CHANGE,
      VIR_DOMAIN_EVENT_CALLBACK((on_change<operations::kChangeMedia, const char*, const char*, const char*, int>)));
  add(VIR_DOMAIN_EVENT_ID_TRAY_CHANGE,
      VIR_DOMAIN_EVENT_CALLBACK((on_change<operations::kChangeMedia, const char*, int>)));
  add(VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2,
      VIR_DOMAIN_EVENT_CALLBACK((on_change<operations::kBlockJob, const char*, int, int>)));
  add(VIR_DOMAIN_EVENT_ID_TUNABLE,
      VIR_DOMAIN_EVENT_CALLBACK((on_change<operations::kTunable, virTypedParameterPtr, int>)));
  add(VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE,
      VIR_DOMAIN_EVENT_CALLBACK((on_change<operations::kBalloon, unsigned long long>)));
  add(VIR_DOMAIN_EVENT_ID_MEMORY_DEVICE_SIZE_CHANGE,
      VIR_DOMAIN_EVENT_CALLBACK((on_change<operations::kMemoryDevice, const char*, unsigned long long>)));

  keep(network_callbacks_,
       virConnectNetworkEventRegisterAny(
           connection, nullptr, VIR_NETWORK_EVENT_ID_LIFECYCLE,
           VIR_NETWORK_EVENT_CALLBACK((on_object<kNetwork, virNetworkGetName, virNetworkPtr, int, int>)), this,
           nullptr));
  const auto add_pool = [&](int event, virConnectStoragePoolEventGenericCallback callback) {
    keep(pool_callbacks_, virConnectStoragePoolEventRegisterAny(connection, nullptr, event, callback, this, nullptr));
  };
  add_pool(VIR_STORAGE_POOL_EVENT_ID_LIFECYCLE,
           VIR_STORAGE_POOL_EVENT_CALLBACK((on_object<kPool, virStoragePoolGetName, virStoragePoolPtr, int, int>)));
  // Volumes have no events of their own. Only a refresh of their pool tells that some may have come or gone.
  add_pool(VIR_STORAGE_POOL_EVENT_ID_REFRESH,
           VIR_STORAGE_POOL_EVENT_CALLBACK((on_object<kPool, virStoragePoolGetName, virStoragePoolPtr>)));
  const auto add_device = [&](int event, virConnectNodeDeviceEventGenericCallback callback) {
    keep(device_callbacks_, virConnectNodeDeviceEventRegisterAny(connection, nullptr, event, callback, this, nullptr));
  };
  add_device(
      VIR_NODE_DEVICE_EVENT_ID_LIFECYCLE,
      VIR_NODE_DEVICE_EVENT_CALLBACK((on_object<kNodeDevice, virNodeDeviceGetName, virNodeDevicePtr, int, int>)));
  add_device(VIR_NODE_DEVICE_EVENT_ID_UPDATE,
             VIR_NODE_DEVICE_EVENT_CALLBACK((on_object<kNodeDevice, virNodeDeviceGetName, virNodeDevicePtr>)));
  keep(secret_callbacks_,
       virConnectSecretEventRegisterAny(
           connection, nullptr, VIR_SECRET_EVENT_ID_LIFECYCLE,
           VIR_SECRET_EVENT_CALLBACK((on_object<kSecret, secret_name, virSecretPtr, int, int>)), this, nullptr));
  virResetLastError();
}

// ---- what to look at

void Watcher::note(Task task) {
  if (task.only_news) {
    if (!waiting_.insert(key_of(task)).second) return;
  } else if (needs_one_look(task.operation)) {
    const auto last = std::find_if(tasks_.rbegin(), tasks_.rend(), [&](const Task& before) {
      return !before.only_news && before.kind == task.kind && before.id == task.id;
    });
    if (last != tasks_.rend() && last->operation == task.operation) return;
  }
  tasks_.push_back(std::move(task));
}

void Watcher::note_later(const Task& task) {
  later_.emplace_back(std::chrono::steady_clock::now() + kLater, task);
  later_.back().second.noted = later_.back().first;
}

int Watcher::milliseconds_to_work() const {
  if (!tasks_.empty()) return 0;
  if (later_.empty()) return -1;
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(later_.front().first - std::chrono::steady_clock::now());
  return static_cast<int>(std::max<std::int64_t>(left.count(), 0));
}

void Watcher::note(const Signal& signal) {
  if (!source_ || !source_->is_local()) return;
  if (!signal.driver.empty() && signal.driver != source_->driver()) return;
  if (signal.kind == kDomain && signal.aspect == "definition") return note(task_of_definition(signal.name));
  Task task;
  task.kind = signal.kind;
  task.owner = signal.owner;
  task.id = signal.name;
  task.operation = signal.kind;
  if (signal.kind == kDomain) {
    task.operation = signal.aspect == "live" ? kUpdate : signal.aspect.c_str();
    task.definition = false;
    task.live = signal.aspect == "live";
  }
  note(std::move(task));
}

void Watcher::note(const Thing& thing) {
  if (!source_ || thing.host != source_->host()) return;
  if (thing.driver != source_->driver() && thing.driver != kNetworkHook) return;
  Task task;
  task.kind = thing.kind;
  task.id = thing.id;
  task.operation = thing.kind == kDomain ? kUpdate : thing.kind;
  // libvirt runs the hook before it makes a network, and tells nobody if it then cannot.
  if (thing.kind == kNetwork) note_later(task);
  note(std::move(task));
}

bool Watcher::work() {
  if (!source_) return false;
  if (closed_) {
    report(LOG_WARNING, uri_ + ": the connection is lost");
    disconnect();
    return false;
  }
  const auto now = std::chrono::steady_clock::now();
  const auto end = now + kWork;
  for (; !later_.empty() && later_.front().first <= now; later_.pop_front()) note(std::move(later_.front().second));
  bool any = false;
  while (!tasks_.empty() && std::chrono::steady_clock::now() < end) {
    any = true;
    const Task task = std::move(tasks_.front());
    tasks_.pop_front();
    if (task.only_news) waiting_.erase(key_of(task));
    report_lateness(task);
    try {
      observer_->observe(task);
    } catch (const LibvirtError& error) {
      report(LOG_WARNING, error.what());
    }
  }
  return any;
}

// Reports once that events wait for long, and once that none waits any more.
void Watcher::report_lateness(const Task& task) {
  const bool late = std::chrono::steady_clock::now() - task.noted > kLate;
  if (late && !late_)
    report(LOG_WARNING, uri_ + ": more happens than can be looked at: " + std::to_string(tasks_.size() + 1) +
                            " events wait, for " + std::to_string(kLate.count()) + " seconds and more");
  else if (late_ && !late && tasks_.empty())
    report(LOG_NOTICE, uri_ + ": no event waits any more");
  late_ = late || (late_ && !tasks_.empty());
}

bool Watcher::sync(const Observer::Progress& progress) {
  try {
    observer_->sync(progress);
    return true;
  } catch (const LibvirtError& error) {
    report(LOG_WARNING, uri_ + ": " + error.what());
    return false;
  }
}

}  // namespace virtsql
