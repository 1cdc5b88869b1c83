#include "core/libvirt_source.h"

#include <libvirt/virterror.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

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

std::string local_host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
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
  host_ = is_remote(uri) ? take(virConnectGetHostname(connection_.get())) : local_host_name();
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
  std::array<char, VIR_UUID_STRING_BUFLEN> uuid{};
  if (virDomainGetUUIDString(domain, uuid.data()) == 0) state.uuid = uuid.data();
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

void LibvirtSource::record_domain(virDomainPtr domain, const std::string& operation, const std::string& sub_operation,
                                  const std::string& source, const Sink& sink) const {
  DomainState state = look_at(domain);
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
  for (virDomainSnapshotPtr snapshot : list_of<virDomainSnapshot>(
           [&](virDomainSnapshotPtr** items) { return virDomainListAllSnapshots(domain, items, 0); },
           virDomainSnapshotFree)) {
    spool::Record record = base;
    record.config = "persistent";
    record.sub_operation = "snapshot";
    record.xml = take(virDomainSnapshotGetXMLDesc(snapshot, 0));
    if (!record.xml.empty()) sink(std::move(record));
  }
}

void LibvirtSource::record_objects(const std::string& operation, const std::string& source, const Sink& sink) const {
  const virConnectPtr connection = connection_.get();
  const auto keep = [&](const char* kind, const std::string& name, char* xml) {
    spool::Record record = this->record(operation, source);
    record.name = name;
    record.sub_operation = kind;
    record.config = "persistent";
    record.xml = take(xml);
    if (!record.xml.empty())
      sink(std::move(record));
    else
      virResetLastError();
  };
  keep("capabilities", host_, virConnectGetCapabilities(connection));
  for (virNetworkPtr network : list_of<virNetwork>(
           [&](virNetworkPtr** items) { return virConnectListAllNetworks(connection, items, 0); }, virNetworkFree)) {
    const std::string name = virNetworkGetName(network);
    keep("network", name, virNetworkGetXMLDesc(network, 0));
    for (virNetworkPortPtr port :
         list_of<virNetworkPort>([&](virNetworkPortPtr** items) { return virNetworkListAllPorts(network, items, 0); },
                                 virNetworkPortFree)) {
      std::array<char, VIR_UUID_STRING_BUFLEN> uuid{};
      virNetworkPortGetUUIDString(port, uuid.data());
      keep("networkport", uuid.data(), virNetworkPortGetXMLDesc(port, 0));
    }
  }
  for (virStoragePoolPtr pool : list_of<virStoragePool>(
           [&](virStoragePoolPtr** items) { return virConnectListAllStoragePools(connection, items, 0); },
           virStoragePoolFree)) {
    const std::string name = virStoragePoolGetName(pool);
    keep("pool", name, virStoragePoolGetXMLDesc(pool, 0));
    for (virStorageVolPtr volume : list_of<virStorageVol>(
             [&](virStorageVolPtr** items) { return virStoragePoolListAllVolumes(pool, items, 0); }, virStorageVolFree))
      keep("volume", name + "/" + virStorageVolGetName(volume), virStorageVolGetXMLDesc(volume, 0));
  }
  for (virNodeDevicePtr device : list_of<virNodeDevice>(
           [&](virNodeDevicePtr** items) { return virConnectListAllNodeDevices(connection, items, 0); },
           virNodeDeviceFree))
    keep("nodedev", virNodeDeviceGetName(device), virNodeDeviceGetXMLDesc(device, 0));
  virResetLastError();
}

void LibvirtSource::record_all(const std::string& operation, const std::string& source, const Sink& sink) const {
  record_objects(operation, source, sink);
  for (const DomainRef& domain : domains()) record_domain(domain.get(), operation, "", source, sink);
}

}  // namespace virtsql
