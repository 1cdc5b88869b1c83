#include "core/libvirt/source.h"

#include <libvirt/virterror.h>

#include <array>
#include <map>
#include <memory>
#include <utility>

#include "core/spool/host_name.h"
#include "core/spool/operations.h"
#include "core/spool/states.h"

namespace virtsql {
namespace {

using kinds::kDomain;

// The names of a virDomainState and of its reasons in virsh's words. States and reasons are in the order of libvirt's
// numbers.
struct StateWords {
  std::string name;
  std::vector<std::string> reasons;
};

const StateWords& state_at(int state) {
  static const std::vector<StateWords> kStates = {
      {"no state", {"unknown"}},
      {states::kRunning,
       {"unknown", "booted", "migrated", "restored", "from snapshot", "unpaused", "migration canceled", "save canceled",
        "event wakeup", "crashed", "post-copy", "post-copy failed"}},
      {"idle", {"unknown"}},
      {states::kPaused,
       {"unknown", "user", "migrating", "saving", "dumping", "I/O error", "watchdog", "from snapshot", "shutting down",
        "creating snapshot", "crashed", "starting up", "post-copy", "post-copy failed"}},
      {"in shutdown", {"unknown", "user"}},
      {states::kShutOff,
       {"unknown", "shutdown", "destroyed", "crashed", "migrated", "saved", "failed", "from snapshot", "daemon"}},
      {states::kCrashed, {"unknown", "panicked"}},
      {states::kPmSuspended, {"unknown"}}};
  return kStates[state >= 0 && static_cast<std::size_t>(state) < kStates.size() ? static_cast<std::size_t>(state) : 0];
}

// The word of vm_states for a virDomainState. A VM that waits for a resource or is shutting down still runs.
std::string recorded_state(int state) {
  switch (state) {
    case VIR_DOMAIN_NOSTATE:
      return states::kUnknown;
    case VIR_DOMAIN_BLOCKED:
    case VIR_DOMAIN_SHUTDOWN:
      return states::kRunning;
    default:
      return state_at(state).name;
  }
}

// Returns what a call said that asks about a domain: 1, 0, or -1 if it failed. No domain: false. Throws LibvirtError
// for any other failure, because a domain of which nothing is known would be taken for one that is gone.
bool answers_yes(int code) {
  if (code < 0 && !says_absent()) throw LibvirtError("the domain cannot be looked at");
  return code == 1;
}

// Whether the URI names another machine: qemu+ssh://host/system.
bool is_remote(const std::string& uri) {
  const std::size_t from = uri.find("://");
  return from != std::string::npos && from + 3 < uri.size() && uri[from + 3] != '/';
}

}  // namespace

std::string_view domain_state_name(int state) { return state_at(state).name; }

std::string domain_reason_name(int state, int reason) {
  const auto& reasons = state_at(state).reasons;
  return reason >= 0 && static_cast<std::size_t>(reason) < reasons.size() ? reasons[static_cast<std::size_t>(reason)]
                                                                          : "unknown";
}

LibvirtSource::LibvirtSource(const std::string& uri, bool read_only)
    : connection_(read_only ? virConnectOpenReadOnly(uri.c_str()) : virConnectOpen(uri.c_str())),
      is_local_(!is_remote(uri)) {
  if (!connection_) throw LibvirtError("libvirt at " + uri + " cannot be reached");
  // A peer that is silent for 25 seconds counts as gone. Fails for drivers inside this process, which have no peer.
  if (virConnectSetKeepAlive(connection_.get(), 5, 5) < 0) virResetLastError();
  driver_ = driver_name(connection_.get());
  uri_ = take(virConnectGetURI(connection_.get()));
  if (uri_.empty()) uri_ = uri;
  host_ = is_local_ ? host_name() : take(virConnectGetHostname(connection_.get()));
}

bool LibvirtSource::is_alive() const { return virConnectIsAlive(connection_.get()) == 1; }

Capture LibvirtSource::record(const std::string& operation, const std::string& source) const {
  Capture record;
  record.host = host_;
  record.driver = driver_;
  record.operation = operation;
  record.extra = uri_;
  record.source = source;
  return record;
}

// ---- domains

void LibvirtSource::read_state(virDomainPtr domain, DomainState& state, const Asked& asked) {
  state.uuid = uuid_of(domain);
  if (const char* name = virDomainGetName(domain)) state.name = name;
  if (asked.state) {
    if (virDomainGetState(domain, &state.state, &state.reason, 0) < 0) state.state = VIR_DOMAIN_NOSTATE;
    state.active = answers_yes(virDomainIsActive(domain));
    state.id = state.active ? static_cast<int>(virDomainGetID(domain)) : -1;
    state.persistent = answers_yes(virDomainIsPersistent(domain));
  }
  if (asked.flags) {
    int autostart = 0;
    if (state.persistent && virDomainGetAutostart(domain, &autostart) == 0) state.autostart = autostart != 0;
    state.managed_save = virDomainHasManagedSaveImage(domain, 0) == 1;
  }
  if (asked.xml && state.active) state.xml = take(virDomainGetXMLDesc(domain, 0));
  if (asked.persistent_xml && state.persistent)
    state.persistent_xml = take(virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE));
  virResetLastError();
}

DomainState LibvirtSource::read_state(virDomainPtr domain) {
  DomainState state;
  read_state(domain, state, {});
  return state;
}

namespace {

std::vector<DomainRef> list_domains(virConnectPtr connection, unsigned flags) {
  virDomainPtr* items = nullptr;
  const int count = virConnectListAllDomains(connection, &items, flags);
  if (count < 0) throw LibvirtError("the domains cannot be listed");
  return take_all<virDomainFree>(items, count);
}

}  // namespace

std::vector<DomainRef> LibvirtSource::domains() const { return list_domains(connection_.get(), 0); }

std::vector<SurveyedDomain> LibvirtSource::survey() const {
  const virConnectPtr connection = connection_.get();
  // Returns the UUIDs of the domains that the flag selects.
  const auto having = [&](unsigned flag) {
    std::set<std::string> uuids;
    for (const DomainRef& domain : list_domains(connection, flag)) uuids.insert(uuid_of(domain.get()));
    return uuids;
  };
  std::vector<SurveyedDomain> out;
  std::map<std::string, DomainState*> by_uuid;
  std::vector<DomainRef> all = domains();
  out.reserve(all.size());
  for (DomainRef& domain : all) {
    SurveyedDomain& surveyed = out.emplace_back();
    DomainState& state = surveyed.state;
    read_state(domain.get(), state, {false, false, false, false});
    const unsigned id = virDomainGetID(domain.get());  // no call: came with the list
    state.active = id != static_cast<unsigned>(-1);
    state.id = state.active ? static_cast<int>(id) : -1;
    surveyed.domain = std::move(domain);
    by_uuid[state.uuid] = &state;
  }
  const auto persistent = having(VIR_CONNECT_LIST_DOMAINS_PERSISTENT);
  const auto autostart = having(VIR_CONNECT_LIST_DOMAINS_AUTOSTART);
  const auto saved = having(VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE);
  const auto with_snapshots = having(VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT);
  const auto with_checkpoints = having(VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT);
  for (SurveyedDomain& surveyed : out) {
    DomainState& state = surveyed.state;
    state.persistent = persistent.contains(state.uuid);
    state.autostart = autostart.contains(state.uuid);
    state.managed_save = saved.contains(state.uuid);
    surveyed.has_snapshots = with_snapshots.contains(state.uuid);
    surveyed.has_checkpoints = with_checkpoints.contains(state.uuid);
  }
  virDomainStatsRecordPtr* stats = nullptr;
  const int count = virConnectGetAllDomainStats(connection, VIR_DOMAIN_STATS_STATE, &stats, 0);
  const std::unique_ptr<virDomainStatsRecordPtr, LibvirtDeleter<virDomainStatsRecordListFree>> owner(stats);
  for (int i = 0; i < count; ++i) {
    const auto found = by_uuid.find(uuid_of(stats[i]->dom));
    if (found == by_uuid.end()) continue;
    virTypedParameterPtr const values = stats[i]->params;
    (void)virTypedParamsGetInt(values, stats[i]->nparams, "state.state", &found->second->state);
    (void)virTypedParamsGetInt(values, stats[i]->nparams, "state.reason", &found->second->reason);
  }
  // A driver without statistics is asked for the state of each domain.
  for (SurveyedDomain& surveyed : out)
    if (count < 0) (void)virDomainGetState(surveyed.domain.get(), &surveyed.state.state, &surveyed.state.reason, 0);
  virResetLastError();
  return out;
}

DomainRef LibvirtSource::find(const std::string& uuid_or_name) const {
  for (const auto lookup : {virDomainLookupByUUIDString, virDomainLookupByName}) {
    if (virDomainPtr domain = lookup(connection_.get(), uuid_or_name.c_str())) return DomainRef(domain);
    const int code = virGetLastErrorCode();
    if (code != VIR_ERR_NO_DOMAIN && code != VIR_ERR_INVALID_ARG)
      throw LibvirtError("the domain " + uuid_or_name + " cannot be looked up");
    virResetLastError();
  }
  return nullptr;
}

Capture LibvirtSource::record_of_state(const DomainState& state, const std::string& operation,
                                       const std::string& source) const {
  Capture out = record(operation, source);
  out.kind = kDomain;
  out.name = state.name;
  out.uuid = state.uuid;
  out.state = recorded_state(state.state);
  out.reason = domain_reason_name(state.state, state.reason);
  out.autostart = state.autostart ? "1" : "0";
  out.persistent = state.persistent ? "1" : "0";
  out.managed_save = state.managed_save ? "1" : "0";
  return out;
}

void LibvirtSource::record_domain(DomainState state, const std::string& operation, const std::string& sub_operation,
                                  const std::string& source, const Sink& sink) const {
  Capture base = record_of_state(state, operation, source);
  base.sub_operation = sub_operation;
  if (!state.persistent_xml.empty()) {
    Capture definition = base;
    definition.config = "persistent";
    definition.xml = std::move(state.persistent_xml);
    sink(std::move(definition));
  }
  if (!state.xml.empty()) {
    Capture live = base;
    live.config = "live";
    live.xml = std::move(state.xml);
    sink(std::move(live));
  }
}

// ---- everything else

Capture LibvirtSource::record_of(const ObjectKind& kind, const std::string& owner, ObjectDocument document,
                                 const std::string& operation, const std::string& source) const {
  Capture out = record(operation, source);
  out.name = std::move(document.name);
  out.kind = kind.name;
  if (kind.owner == kDomain) out.uuid = owner;
  out.sub_operation = kind.root();
  out.config = std::move(document.config);
  out.xml = std::move(document.xml);
  return out;
}

Capture LibvirtSource::record_of_end(const ObjectKind& kind, const std::string& owner, const std::string& name,
                                     const std::string& source) const {
  return record_of(kind, owner, {name, "persistent", ""}, operations::kUndefine, source);
}

}  // namespace virtsql
