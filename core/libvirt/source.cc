#include "core/libvirt/source.h"

#include <libvirt/virterror.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "core/spool/host_name.h"

namespace virtsql {
namespace {

std::string last_error() {
  const virErrorPtr error = virGetLastError();
  return error && error->message ? error->message : "libvirt gives no reason";
}

int last_code() {
  const virErrorPtr error = virGetLastError();
  return error ? error->code : 0;
}

// A string of libvirt's, freed.
std::string take(char* text) {
  if (!text) return {};
  std::string out(text);
  std::free(text);
  return out;
}

template <typename T, typename Free>
class List {
 public:
  List(T** items, int count, Free free) : items_(items), count_(count), free_(free) {}
  ~List() {
    for (int i = 0; i < count_; ++i) free_(items_[i]);
    std::free(items_);
  }
  List(const List&) = delete;
  List& operator=(const List&) = delete;
  T** begin() const { return items_; }
  T** end() const { return items_ + std::max(count_, 0); }
  bool complete() const { return count_ >= 0; }  // the call worked

 private:
  T** items_;
  int count_;
  Free free_;
};

// What a list function of libvirt gives; nothing where the driver does not have it.
template <typename T, typename Call, typename Free>
List<T, Free> list_of(Call call, Free free) {
  T** items = nullptr;
  const int count = call(&items);
  if (count < 0) virResetLastError();
  return List<T, Free>(items, count, free);
}

std::string driver_name(virConnectPtr connection) {
  const char* type = virConnectGetType(connection);
  std::string out = type ? type : "";
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out == "xen" ? "libxl" : out;
}

// Whether the URI names another machine: qemu+ssh://host/system.
bool is_remote(const std::string& uri) {
  const std::size_t from = uri.find("://");
  return from != std::string::npos && from + 3 < uri.size() && uri[from + 3] != '/';
}

}  // namespace

LibvirtError::LibvirtError(const std::string& what) : std::runtime_error(what + ": " + last_error()) {}

std::string uuid_of(virDomainPtr domain) {
  std::array<char, VIR_UUID_STRING_BUFLEN> uuid{};
  return virDomainGetUUIDString(domain, uuid.data()) == 0 ? uuid.data() : "";
}

const char* domain_state_name(int state) {
  constexpr std::array<const char*, 8> kNames = {"no state", "running", "blocked", "paused",
                                                 "shutdown", "shutoff", "crashed", "pmsuspended"};
  return state >= 0 && static_cast<std::size_t>(state) < kNames.size() ? kNames[static_cast<std::size_t>(state)]
                                                                       : "unknown";
}

LibvirtSource::LibvirtSource(const std::string& uri, bool read_only)
    : connection_(read_only ? virConnectOpenReadOnly(uri.c_str()) : virConnectOpen(uri.c_str())) {
  if (!connection_) throw LibvirtError("libvirt at " + uri + " cannot be reached");
  // A peer that is silent for 25 seconds is gone. Drivers in this process have no peer.
  if (virConnectSetKeepAlive(connection_.get(), 5, 5) < 0) virResetLastError();
  driver_ = driver_name(connection_.get());
  host_ = is_remote(uri) ? take(virConnectGetHostname(connection_.get())) : host_name();
}

bool LibvirtSource::is_alive() const { return virConnectIsAlive(connection_.get()) == 1; }

spool::Record LibvirtSource::record(const std::string& operation, const std::string& source) const {
  spool::Record record;
  record.host = host_;
  record.driver = driver_;
  record.operation = operation;
  record.source = source;
  return record;
}

DomainState LibvirtSource::look_at(virDomainPtr domain) {
  DomainState state;
  state.uuid = uuid_of(domain);
  if (const char* name = virDomainGetName(domain)) state.name = name;
  const unsigned id = virDomainGetID(domain);
  state.active = virDomainIsActive(domain) == 1;
  state.id = state.active ? static_cast<int>(id) : -1;
  state.persistent = virDomainIsPersistent(domain) == 1;
  int autostart = 0;
  if (state.persistent && virDomainGetAutostart(domain, &autostart) == 0) state.autostart = autostart != 0;
  int reason = 0;
  if (virDomainGetState(domain, &state.state, &reason, 0) < 0) state.state = VIR_DOMAIN_NOSTATE;
  if (state.active) state.xml = take(virDomainGetXMLDesc(domain, 0));
  if (state.persistent) state.persistent_xml = take(virDomainGetXMLDesc(domain, VIR_DOMAIN_XML_INACTIVE));
  virResetLastError();
  return state;
}

std::vector<DomainRef> LibvirtSource::domains() const {
  virDomainPtr* items = nullptr;
  const int count = virConnectListAllDomains(connection_.get(), &items, 0);
  if (count < 0) throw LibvirtError("the domains cannot be listed");
  std::vector<DomainRef> out;
  for (int i = 0; i < count; ++i) out.emplace_back(items[i]);
  std::free(items);
  return out;
}

DomainRef LibvirtSource::find(const std::string& uuid_or_name) const {
  for (const auto lookup : {virDomainLookupByUUIDString, virDomainLookupByName}) {
    if (virDomainPtr domain = lookup(connection_.get(), uuid_or_name.c_str())) return DomainRef(domain);
    const int code = last_code();
    if (code != VIR_ERR_NO_DOMAIN && code != VIR_ERR_INVALID_ARG)
      throw LibvirtError("the domain " + uuid_or_name + " cannot be looked up");
    virResetLastError();
  }
  return nullptr;
}

void LibvirtSource::record_domain(DomainState state, const std::string& operation, const std::string& sub_operation,
                                  const std::string& source, const Sink& sink) const {
  spool::Record base = record(operation, source);
  base.name = state.name;
  base.sub_operation = sub_operation;
  if (!state.persistent_xml.empty()) {
    spool::Record definition = base;
    definition.config = "persistent";
    definition.xml = std::move(state.persistent_xml);
    sink(std::move(definition));
  }
  if (!state.xml.empty()) {
    spool::Record live = base;
    live.config = "live";
    live.xml = std::move(state.xml);
    sink(std::move(live));
  }
}

namespace {

// A record of one thing that is no domain; none where it went in the meantime.
void record_object(spool::Record record, const std::string& kind, const std::string& name, char* xml,
                   const LibvirtSource::Sink& sink) {
  record.name = name;
  record.sub_operation = kind;
  record.config = "persistent";
  record.xml = take(xml);
  if (!record.xml.empty())
    sink(std::move(record));
  else
    virResetLastError();
}

std::string text(const char* value) { return value ? value : ""; }

}  // namespace

std::vector<LibvirtSource::Listed> LibvirtSource::record_snapshots(virDomainPtr domain, const std::string& operation,
                                                                   const std::string& source, const Sink& sink) const {
  const auto snapshots = list_of<virDomainSnapshot>(
      [&](virDomainSnapshotPtr** items) { return virDomainListAllSnapshots(domain, items, 0); }, virDomainSnapshotFree);
  if (!snapshots.complete()) return {};
  Listed listed{"domainsnapshot", uuid_of(domain), {}};
  for (virDomainSnapshotPtr snapshot : snapshots) {
    const std::string name = text(virDomainSnapshotGetName(snapshot));
    record_object(record(operation, source), listed.kind, name, virDomainSnapshotGetXMLDesc(snapshot, 0), sink);
    listed.names.insert(name);
  }
  return {listed};
}

std::vector<LibvirtSource::Listed> LibvirtSource::record_networks(const std::string& operation,
                                                                  const std::string& source, const Sink& sink) const {
  const virConnectPtr connection = connection_.get();
  Listed networks{"network", "", {}};
  Listed ports{"networkport", "", {}};
  const auto all = list_of<virNetwork>(
      [&](virNetworkPtr** items) { return virConnectListAllNetworks(connection, items, 0); }, virNetworkFree);
  if (!all.complete()) return {};
  bool all_ports = true;
  for (virNetworkPtr network : all) {
    const std::string name = text(virNetworkGetName(network));
    networks.names.insert(name);
    record_object(record(operation, source), networks.kind, name, virNetworkGetXMLDesc(network, 0), sink);
    if (virNetworkIsActive(network) != 1) continue;
    const auto its_ports = list_of<virNetworkPort>(
        [&](virNetworkPortPtr** items) { return virNetworkListAllPorts(network, items, 0); }, virNetworkPortFree);
    all_ports = all_ports && its_ports.complete();
    for (virNetworkPortPtr port : its_ports) {
      std::array<char, VIR_UUID_STRING_BUFLEN> uuid{};
      virNetworkPortGetUUIDString(port, uuid.data());
      ports.names.insert(uuid.data());
      record_object(record(operation, source), ports.kind, uuid.data(), virNetworkPortGetXMLDesc(port, 0), sink);
    }
  }
  std::vector<Listed> out = {networks};
  if (all_ports) out.push_back(ports);
  return out;
}

std::vector<LibvirtSource::Listed> LibvirtSource::record_host(const std::string& operation, const std::string& source,
                                                              const Sink& sink) const {
  const virConnectPtr connection = connection_.get();
  std::vector<Listed> out;
  record_object(record(operation, source), "capabilities", host_, virConnectGetCapabilities(connection), sink);

  Listed pools{"pool", "", {}};
  Listed volumes{"volume", "", {}};
  const auto all_pools = list_of<virStoragePool>(
      [&](virStoragePoolPtr** items) { return virConnectListAllStoragePools(connection, items, 0); },
      virStoragePoolFree);
  bool all_volumes = all_pools.complete();
  for (virStoragePoolPtr pool : all_pools) {
    const std::string name = text(virStoragePoolGetName(pool));
    pools.names.insert(name);
    record_object(record(operation, source), pools.kind, name, virStoragePoolGetXMLDesc(pool, 0), sink);
    // The volumes of a pool that is not active are not known, which does not mean that they are gone.
    const auto its_volumes = list_of<virStorageVol>(
        [&](virStorageVolPtr** items) { return virStoragePoolListAllVolumes(pool, items, 0); }, virStorageVolFree);
    all_volumes = all_volumes && its_volumes.complete();
    for (virStorageVolPtr volume : its_volumes) {
      const std::string key = text(virStorageVolGetKey(volume));
      volumes.names.insert(key);
      record_object(record(operation, source), volumes.kind, key, virStorageVolGetXMLDesc(volume, 0), sink);
    }
  }
  if (all_pools.complete()) out.push_back(pools);
  if (all_volumes) out.push_back(volumes);

  Listed devices{"device", "", {}};
  const auto all_devices = list_of<virNodeDevice>(
      [&](virNodeDevicePtr** items) { return virConnectListAllNodeDevices(connection, items, 0); }, virNodeDeviceFree);
  for (virNodeDevicePtr device : all_devices) {
    const std::string name = text(virNodeDeviceGetName(device));
    devices.names.insert(name);
    record_object(record(operation, source), devices.kind, name, virNodeDeviceGetXMLDesc(device, 0), sink);
  }
  if (all_devices.complete()) out.push_back(devices);
  virResetLastError();
  return out;
}

void LibvirtSource::record_all(const std::string& operation, const std::string& source, const Sink& sink) const {
  record_host(operation, source, sink);
  record_networks(operation, source, sink);
  for (const DomainRef& domain : domains()) {
    record_domain(look_at(domain.get()), operation, "", source, sink);
    record_snapshots(domain.get(), operation, source, sink);
  }
}

}  // namespace virtsql
