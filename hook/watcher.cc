#include "hook/watcher.h"

#include <libvirt/virterror.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <unordered_map>
#include <utility>

#include "core/xml/xml.h"
#include "hook/report.h"

namespace virtsql {
namespace {

// Operations, as captures name them: the hook's name where there is one. Arrays, as template arguments must be.
constexpr char kDefine[] = "define";
constexpr char kStopped[] = "stopped";
constexpr char kShutdown[] = "shutdown";
constexpr char kCrashed[] = "crashed";
constexpr char kAttach[] = "attach-device";
constexpr char kDetach[] = "detach-device";
constexpr char kMetadata[] = "metadata";
constexpr char kMedia[] = "change-media";
constexpr char kBlockJob[] = "block-job";
constexpr char kTunable[] = "tunable";
constexpr char kBalloon[] = "balloon";
constexpr char kMemory[] = "memory-device";
constexpr char kUpdate[] = "update";
// Kinds of things.
constexpr char kDomain[] = "domain";
constexpr char kNetwork[] = "network";
constexpr char kPool[] = "pool";
constexpr char kNodeDevice[] = "nodedev";
constexpr char kInterface[] = "interface";
constexpr char kSecret[] = "secret";
constexpr char kBackup[] = "domainbackup";
// How a record came to be.
constexpr char kEvent[] = "event";
constexpr char kSync[] = "sync";
// States of a VM that libvirt has no word for, as it is not there to be asked, or not any more.
constexpr char kUndefinedState[] = "undefined";
constexpr char kShutOff[] = "shut off";

// One call of work() looks for so long, so that libvirt's connection is served in between.
constexpr std::chrono::milliseconds kWork{200};
// What waits longer than this is late.
constexpr std::chrono::seconds kLate{5};
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

// Whether a record of the config is what the event is about: the definition of a domain that was defined, else the
// domain as it runs.
bool is_about(const Task& task, const std::string& config) {
  return config == (task.operation == kDefine ? "persistent" : "live");
}

Task task_of(virDomainPtr domain, std::string_view operation, bool only_news) {
  Task task;
  task.kind = kDomain;
  task.id = uuid_of(domain);
  task.operation = operation;
  task.only_news = only_news;
  return task;
}

std::string secret_name(virSecretPtr secret) {
  std::array<char, VIR_UUID_STRING_BUFLEN> uuid{};
  return virSecretGetUUIDString(secret, uuid.data()) == 0 ? uuid.data() : "";
}

const xml::Node* child(const xml::Node* node, std::string_view name) {
  for (const xml::Node* at = node ? node->first_child : nullptr; at; at = at->next)
    if (at->is_element() && at->name == name) return at;
  return nullptr;
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
  remove(secret_callbacks_, virConnectSecretEventDeregisterAny);
  (void)virConnectUnregisterCloseCallback(connection, on_close);
  virResetLastError();
  source_.reset();
  tasks_.clear();  // the sync of the next connection finds it all
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
  return 0;
}

// Events of which only the domain matters here: what changed, the XML says.
template <const char* Operation, typename... Details>
void Watcher::on_change(virConnectPtr, virDomainPtr domain, Details..., void* data) {
  self(data).note(task_of(domain, Operation, true));
}

// Events of what is no domain.
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
       virConnectNetworkEventRegisterAny(
           connection, nullptr, VIR_NETWORK_EVENT_ID_LIFECYCLE,
           VIR_NETWORK_EVENT_CALLBACK((on_object<kNetwork, virNetworkGetName, virNetworkPtr, int, int>)), this,
           nullptr));
  const auto add_pool = [&](int event, virConnectStoragePoolEventGenericCallback callback) {
    keep(pool_callbacks_, virConnectStoragePoolEventRegisterAny(connection, nullptr, event, callback, this, nullptr));
  };
  add_pool(VIR_STORAGE_POOL_EVENT_ID_LIFECYCLE,
           VIR_STORAGE_POOL_EVENT_CALLBACK((on_object<kPool, virStoragePoolGetName, virStoragePoolPtr, int, int>)));
  // Volumes come and go without events of their own, but for what a refresh finds.
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
  } else if (task.operation == kDefine) {
    // Two definitions before one look are one: libvirt has but the second.
    const auto last = std::find_if(tasks_.rbegin(), tasks_.rend(), [&](const Task& before) {
      return !before.only_news && before.kind == task.kind && before.id == task.id;
    });
    if (last != tasks_.rend() && last->operation == kDefine) return;
  }
  tasks_.push_back(std::move(task));
}

void Watcher::note(const Signal& signal) {
  if (!source_ || !source_->is_local()) return;
  if (!signal.driver.empty() && signal.driver != source_->driver()) return;
  Task task;
  task.kind = signal.kind;
  task.owner = signal.owner;
  task.id = signal.name;
  task.operation = signal.kind;
  if (signal.kind == kDomain) {
    const bool is_definition = signal.aspect == "definition";
    task.operation = is_definition ? kDefine : signal.aspect == "live" ? kUpdate : signal.aspect.c_str();
    task.sub_operation = is_definition ? "config" : "";
    task.definition = is_definition;
    task.live = signal.aspect == "live";
  }
  note(std::move(task));
}

bool Watcher::work() {
  if (!source_) return false;
  if (closed_) {
    report(LOG_WARNING, uri_ + ": the connection is lost");
    disconnect();
    return false;
  }
  const auto end = std::chrono::steady_clock::now() + kWork;
  bool any = false;
  while (!tasks_.empty() && std::chrono::steady_clock::now() < end) {
    any = true;
    const Task task = std::move(tasks_.front());
    tasks_.pop_front();
    if (task.only_news) waiting_.erase(key_of(task));
    report_lateness(task);
    try {
      look(task);
    } catch (const LibvirtError& error) {
      report(LOG_WARNING, error.what());
    }
  }
  return any;
}

// Says it once when events wait for long, and when they do no more.
void Watcher::report_lateness(const Task& task) {
  const bool late = std::chrono::steady_clock::now() - task.noted > kLate;
  if (late && !late_)
    report(LOG_WARNING, uri_ + ": more happens than can be looked at: " + std::to_string(tasks_.size() + 1) +
                            " events wait, for " + std::to_string(kLate.count()) + " seconds and more");
  else if (late_ && !late && tasks_.empty())
    report(LOG_NOTICE, uri_ + ": no event waits any more");
  late_ = late || (late_ && !tasks_.empty());
}

void Watcher::look(const Task& task) {
  if (task.kind == kDomain) return look_at_domain(task);
  if (const ObjectKind* const kind = find_object_kind(task.kind)) look_at_object(*kind, task);
}

// ---- domains

void Watcher::look_at_domain(const Task& task) {
  const DomainRef domain = source_->find(task.id);
  if (!domain) return look_for_missing_domain(task);
  DomainState state;
  LibvirtSource::look_at(domain.get(), state, {true, true, task.live && !is_end(task.operation), task.definition});
  keep_domain(domain.get(), std::move(state), task, kEvent);
}

// Keeps what the domain's state has. The domain is there.
void Watcher::keep_domain(virDomainPtr domain, DomainState state, const Task& task, const std::string& how) {
  Known& known = recorder_.known();
  Thing thing = this->thing(kDomain, "", state.uuid);
  thing.name = state.name;
  const Thing* const before = known.find(thing);
  const bool was_known = before != nullptr;
  const bool was_defined = before && !before->persistent_sha256.empty();
  known.see(thing, uri_, look_);
  Capture ended = source_->record_of_state(state, task.operation, how);
  bool said = false;
  if (task.operation == kUndefine || (was_defined && !state.persistent)) {
    // It goes on without a definition until it stops.
    if (was_defined || !was_known) say_undefined(state.uuid, state.name, ended.state, how);
    known.see(thing, uri_, look_);
  }
  if (is_end(task.operation) && task.operation != kUndefine) {
    ended.config = "live";
    ended.sub_operation = task.sub_operation;
    // It may run again by now.
    if (task.operation == kStopped && state.active) ended.state = kShutOff;
    said = recorder_.keep(ended, false);
  }
  const bool is_active = state.active;
  Capture of_state = source_->record_of_state(state, task.operation, how);
  source_->record_domain(std::move(state), task.operation, task.sub_operation, how, [&](Capture record) {
    const bool only_news = task.only_news || !is_about(task, record.config);
    said = recorder_.keep(std::move(record), only_news) || said;
  });
  if (!said || task.operation == kStopped) (void)recorder_.keep(std::move(of_state), true);
  const ObjectKind* const backup = find_object_kind(kBackup);
  if (backup && task.live && (is_active || known.find(this->thing(kBackup, uuid_of(domain), uuid_of(domain)))))
    look_at_all(*backup, uuid_of(domain), task.operation);
}

// Libvirt has no domain of that UUID or name.
void Watcher::look_for_missing_domain(const Task& task) {
  Known& known = recorder_.known();
  if (task.operation == kStopped || task.operation == kShutdown || task.operation == kCrashed) {
    const Thing* const before = known.find(thing(kDomain, "", task.id));
    // One that is undefined after it stopped says so itself; a transient one is no more.
    const bool defined = before && !before->persistent_sha256.empty();
    Capture record = source_->record(task.operation, kEvent);
    record.kind = kDomain;
    record.uuid = task.id;
    if (before) record.name = before->name;
    record.config = "live";
    record.state = defined ? kShutOff : kUndefinedState;
    record.persistent = defined ? "1" : "0";
    (void)recorder_.keep(std::move(record), false);
    return;
  }
  const Thing* const undefined = task.operation == kUndefine ? known.find(thing(kDomain, "", task.id)) : nullptr;
  if (task.operation == kUndefine && !undefined) return say_undefined(task.id, "", kUndefinedState, kEvent);
  for (const Thing& each : known.things([&](const Thing& thing) {
         return thing.kind == kDomain && is_mine(thing) && (thing.id == task.id || thing.name == task.id);
       })) {
    // A domain of another name by now is asked for by its UUID.
    if (each.id != task.id && source_->find(each.id)) {
      Task renamed = task;
      renamed.id = each.id;
      look_at_domain(renamed);
    } else {
      say_undefined(each.id, each.name, kUndefinedState, kEvent);
    }
  }
}

// `state`: what the domain is without its definition, in the words of vm_states.
void Watcher::say_undefined(const std::string& uuid, const std::string& name, const std::string& state,
                            const std::string& how) {
  Capture record = source_->record(std::string(kUndefine), how);
  record.kind = kDomain;
  record.uuid = uuid;
  record.name = name;
  record.config = "persistent";
  record.state = state;
  record.persistent = "0";
  (void)recorder_.keep(std::move(record), false);
  if (state == kUndefinedState) say_owned_gone(kDomain, uuid, how);
}

// ---- everything else

void Watcher::look_at_object(const ObjectKind& kind, const Task& task) {
  std::string owner = task.owner;
  if (kind.owner == kDomain) {
    // A folder is named after the domain. What went with its domain was said then.
    const DomainRef domain = source_->find(task.owner);
    if (!domain) return;
    owner = uuid_of(domain.get());
  }
  if (task.id.empty()) return look_at_all(kind, owner, task.operation);
  const bool is_there = kind.one(source_->connection(), owner, task.id, [&](ObjectDocument document) {
    keep_object(kind, owner, std::move(document), task.operation, kEvent);
  });
  const Thing thing = this->thing(kind.name, owner, task.id);
  if (is_there) {
    recorder_.known().see(thing, uri_, look_);
    for (const ObjectKind& owned : object_kinds())
      if (owned.owner == kind.name) look_at_all(owned, task.id, task.operation);
  } else if (const Thing* const known = recorder_.known().find(thing); known && !known->gone) {
    say_gone(Thing(*known), kEvent);
  }
  // A host interface is a network device too.
  const ObjectKind* const interfaces = find_object_kind(kInterface);
  if (interfaces && kind.name == kNodeDevice && task.id.starts_with("net_")) look_at_all(*interfaces, "", kInterface);
}

void Watcher::look_at_all(const ObjectKind& kind, const std::string& owner, const std::string& operation) {
  const auto names = keep_all(kind, owner, operation, kEvent);
  if (!names) return;
  for (const Thing& each : recorder_.known().things([&](const Thing& thing) {
         return thing.kind == kind.name && is_mine(thing) && thing.owner == owner &&
                std::find(names->begin(), names->end(), thing.id) == names->end();
       }))
    say_gone(each, kEvent);
}

std::optional<std::vector<std::string>> Watcher::keep_all(const ObjectKind& kind, const std::string& owner,
                                                          const std::string& operation, const std::string& how) {
  auto names = kind.all(source_->connection(), owner, [&](ObjectDocument document) {
    keep_object(kind, owner, std::move(document), operation, how);
  });
  if (names)
    for (const std::string& name : *names) recorder_.known().see(thing(kind.name, owner, name), uri_, look_);
  return names;
}

void Watcher::keep_object(const ObjectKind& kind, const std::string& owner, ObjectDocument document,
                          const std::string& operation, const std::string& how) {
  if (kind.name == kPool) note_pool_folder(document);
  (void)recorder_.keep(source_->record_of(kind, owner, std::move(document), operation, how), true);
}

// Files in the folder of an active pool are its volumes.
void Watcher::note_pool_folder(const ObjectDocument& pool) {
  std::string& folder = pool_folders_[pool.name];
  folder.clear();
  if (!pool.active) return;
  try {
    const xml::Document document = xml::Document::parse(pool.xml);
    const std::string_view type = document.root()->attribute("type");
    const xml::Node* const path = child(child(document.root(), "target"), "path");
    if ((type == "dir" || type == "fs" || type == "netfs") && path && path->first_child)
      folder = path->first_child->text;
  } catch (const xml::Error&) {
    // The capture says what is wrong with it.
  }
}

void Watcher::say_gone(const Thing& thing, const std::string& how) {
  const ObjectKind* const kind = find_object_kind(thing.kind);
  if (!kind) return;
  (void)recorder_.keep(source_->record_of_end(*kind, thing.owner, thing.id, how), false);
  if (thing.kind == kPool) pool_folders_[thing.id].clear();
  say_owned_gone(thing.kind, thing.id, how);
}

void Watcher::say_owned_gone(std::string_view owner_kind, const std::string& owner, const std::string& how) {
  for (const Thing& each : recorder_.known().things([&](const Thing& thing) {
         const ObjectKind* const kind = find_object_kind(thing.kind);
         return kind && kind->owner == owner_kind && thing.owner == owner && is_mine(thing);
       }))
    say_gone(each, how);
}

Thing Watcher::thing(std::string_view kind, const std::string& owner, const std::string& id) const {
  Thing out;
  out.host = source_->host();
  out.driver = source_->driver();
  out.kind = kind;
  out.owner = owner;
  out.id = out.name = id;
  return out;
}

// Whether this libvirt is who can say that the thing is gone.
bool Watcher::is_mine(const Thing& thing) const {
  return thing.host == source_->host() && thing.driver == source_->driver() &&
         (thing.uri == uri_ || (thing.uri.empty() && alone_));
}

// ---- everything

void Watcher::sync(bool progress) {
  ++look_;
  // Of each kind, the owners whose things could be listed.
  std::map<std::string_view, std::set<std::string>> listed;
  std::map<std::string_view, std::vector<std::string>> owners = {{"", {""}}};
  std::set<std::string_view> incomplete;
  const auto look_at_kind = [&](const ObjectKind& kind, const std::string& owner) {
    const auto names = keep_all(kind, owner, kSync, kSync);
    if (!names) {
      incomplete.insert(kind.name);
      return;
    }
    listed[kind.name].insert(owner);
    owners[kind.name].insert(owners[kind.name].end(), names->begin(), names->end());
  };
  try {
    // Before the domains: what they name is known when they come.
    for (const ObjectKind& kind : object_kinds())
      if (kind.owner != kDomain)
        for (const std::string& owner : owners[kind.owner]) look_at_kind(kind, owner);
    std::vector<SurveyedDomain> domains = source_->survey();
    std::size_t number = 0;
    for (SurveyedDomain& surveyed : domains) {
      if (progress) (void)std::printf("[%zu/%zu] %s\n", ++number, domains.size(), surveyed.state.name.c_str());
      LibvirtSource::look_at(surveyed.domain.get(), surveyed.state, {false, false, true, true});
      const std::string uuid = surveyed.state.uuid;
      Task task;
      task.kind = kDomain;
      task.operation = kSync;
      keep_domain(surveyed.domain.get(), std::move(surveyed.state), task, kSync);
      for (const ObjectKind& kind : object_kinds()) {
        const bool has = kind.name == "domainsnapshot" ? surveyed.has_snapshots
                                                       : kind.name == "domaincheckpoint" && surveyed.has_checkpoints;
        if (kind.owner == kDomain && has) look_at_kind(kind, uuid);
      }
    }
  } catch (const LibvirtError& error) {
    report(LOG_WARNING, error.what());
    return;
  }
  // What libvirt could list and did not.
  for (const Thing& each : recorder_.known().things([&](const Thing& thing) {
         if (!is_mine(thing) || thing.look == look_) return false;
         const ObjectKind* const kind = find_object_kind(thing.kind);
         if (!kind) return thing.kind == kDomain;
         return !incomplete.contains(kind->name) || listed[kind->name].contains(thing.owner);
       })) {
    if (each.kind == kDomain)
      say_undefined(each.id, each.name, kUndefinedState, kSync);
    else
      say_gone(each, kSync);
  }
  (void)recorder_.keep(source_->record(std::string(spool::kSeen), kSync), false);
}

}  // namespace virtsql
