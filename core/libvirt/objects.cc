#include "core/libvirt/objects.h"

#include <libvirt/virterror.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

#include "core/catalog/catalog.h"
#include "core/libvirt/capabilities.h"
#include "core/libvirt/handles.h"

namespace virtsql {
namespace {

std::string text(const char* value) { return value ? value : ""; }

// Gives the sink the document, unless there is none because the thing went in the meantime.
void give(const ObjectSink& sink, std::string name, const char* config, char* xml, bool active = true) {
  std::string text = take(xml);
  if (!text.empty()) sink({std::move(name), config, std::move(text), active});
}

// ---- what differs between libvirt's types: the calls that list, find, name and describe their objects

using NetworkRef = std::unique_ptr<virNetwork, LibvirtDeleter<virNetworkFree>>;
using PoolRef = std::unique_ptr<virStoragePool, LibvirtDeleter<virStoragePoolFree>>;

// The object in which a thing was looked up. It is kept until libvirt's error was read, because freeing it clears the
// error.
struct Owner {
  NetworkRef network;
  DomainRef domain;
};

DomainRef find_domain(virConnectPtr connection, const std::string& uuid_or_name) {
  if (virDomainPtr domain = virDomainLookupByUUIDString(connection, uuid_or_name.c_str())) return DomainRef(domain);
  return DomainRef(virDomainLookupByName(connection, uuid_or_name.c_str()));
}

// Gives the sink the documents of a thing that libvirt keeps twice: the definition first, then what runs.
template <typename Xml>
void give_both(const std::string& name, bool persistent, bool active, const ObjectSink& sink, Xml xml) {
  if (persistent) give(sink, name, "persistent", xml(true), active);
  if (active) give(sink, name, "live", xml(false));
}

struct Network {
  using Object = virNetwork;
  static constexpr auto free = virNetworkFree;
  static int list(virConnectPtr connection, const std::string&, Object*** items) {
    return virConnectListAllNetworks(connection, items, 0);
  }
  static Object* find(virConnectPtr connection, const std::string&, const std::string& name, Owner&) {
    return virNetworkLookupByName(connection, name.c_str());
  }
  static std::string name(Object* network) { return text(virNetworkGetName(network)); }
  static void documents(Object* network, const ObjectSink& sink) {
    give_both(name(network), virNetworkIsPersistent(network) != 0, virNetworkIsActive(network) == 1, sink,
              [&](bool inactive) { return virNetworkGetXMLDesc(network, inactive ? VIR_NETWORK_XML_INACTIVE : 0); });
  }
};

struct NetworkPort {
  using Object = virNetworkPort;
  static constexpr auto free = virNetworkPortFree;
  static int list(virConnectPtr connection, const std::string& owner, Object*** items) {
    const NetworkRef network(virNetworkLookupByName(connection, owner.c_str()));
    if (network && virNetworkIsActive(network.get()) != 1) return 0;
    return network ? virNetworkListAllPorts(network.get(), items, 0) : -1;
  }
  static Object* find(virConnectPtr connection, const std::string& owner, const std::string& name, Owner& kept) {
    kept.network.reset(virNetworkLookupByName(connection, owner.c_str()));
    return kept.network ? virNetworkPortLookupByUUIDString(kept.network.get(), name.c_str()) : nullptr;
  }
  static std::string name(Object* port) {
    std::array<char, VIR_UUID_STRING_BUFLEN> uuid{};
    return virNetworkPortGetUUIDString(port, uuid.data()) == 0 ? uuid.data() : "";
  }
  static void documents(Object* port, const ObjectSink& sink) {
    give(sink, name(port), "persistent", virNetworkPortGetXMLDesc(port, 0));
  }
};

struct Pool {
  using Object = virStoragePool;
  static constexpr auto free = virStoragePoolFree;
  static int list(virConnectPtr connection, const std::string&, Object*** items) {
    return virConnectListAllStoragePools(connection, items, 0);
  }
  static Object* find(virConnectPtr connection, const std::string&, const std::string& name, Owner&) {
    return virStoragePoolLookupByName(connection, name.c_str());
  }
  static std::string name(Object* pool) { return text(virStoragePoolGetName(pool)); }
  static void documents(Object* pool, const ObjectSink& sink) {
    give_both(name(pool), virStoragePoolIsPersistent(pool) != 0, virStoragePoolIsActive(pool) == 1, sink,
              [&](bool inactive) { return virStoragePoolGetXMLDesc(pool, inactive ? VIR_STORAGE_XML_INACTIVE : 0); });
  }
};

struct Volume {
  using Object = virStorageVol;
  static constexpr auto free = virStorageVolFree;
  // libvirt does not know the volumes of an inactive pool. Then the list fails, which does not mean that they are gone.
  static int list(virConnectPtr connection, const std::string& owner, Object*** items) {
    const PoolRef pool(virStoragePoolLookupByName(connection, owner.c_str()));
    return pool ? virStoragePoolListAllVolumes(pool.get(), items, 0) : -1;
  }
  static Object* find(virConnectPtr connection, const std::string&, const std::string& name, Owner&) {
    return virStorageVolLookupByKey(connection, name.c_str());
  }
  static std::string name(Object* volume) { return text(virStorageVolGetKey(volume)); }
  static void documents(Object* volume, const ObjectSink& sink) {
    give(sink, name(volume), "persistent", virStorageVolGetXMLDesc(volume, 0));
  }
};

struct NodeDevice {
  using Object = virNodeDevice;
  static constexpr auto free = virNodeDeviceFree;
  static int list(virConnectPtr connection, const std::string&, Object*** items) {
    return virConnectListAllNodeDevices(connection, items, 0);
  }
  static Object* find(virConnectPtr connection, const std::string&, const std::string& name, Owner&) {
    return virNodeDeviceLookupByName(connection, name.c_str());
  }
  static std::string name(Object* device) { return text(virNodeDeviceGetName(device)); }
  static void documents(Object* device, const ObjectSink& sink) {
    give(sink, name(device), "persistent", virNodeDeviceGetXMLDesc(device, 0));
  }
};

struct Filter {
  using Object = virNWFilter;
  static constexpr auto free = virNWFilterFree;
  static int list(virConnectPtr connection, const std::string&, Object*** items) {
    return virConnectListAllNWFilters(connection, items, 0);
  }
  static Object* find(virConnectPtr connection, const std::string&, const std::string& name, Owner&) {
    return virNWFilterLookupByName(connection, name.c_str());
  }
  static std::string name(Object* filter) { return text(virNWFilterGetName(filter)); }
  static void documents(Object* filter, const ObjectSink& sink) {
    give(sink, name(filter), "persistent", virNWFilterGetXMLDesc(filter, 0));
  }
};

struct FilterBinding {
  using Object = virNWFilterBinding;
  static constexpr auto free = virNWFilterBindingFree;
  static int list(virConnectPtr connection, const std::string&, Object*** items) {
    return virConnectListAllNWFilterBindings(connection, items, 0);
  }
  static Object* find(virConnectPtr connection, const std::string&, const std::string& name, Owner&) {
    return virNWFilterBindingLookupByPortDev(connection, name.c_str());
  }
  static std::string name(Object* binding) { return text(virNWFilterBindingGetPortDev(binding)); }
  static void documents(Object* binding, const ObjectSink& sink) {
    give(sink, name(binding), "persistent", virNWFilterBindingGetXMLDesc(binding, 0));
  }
};

struct HostInterface {
  using Object = virInterface;
  static constexpr auto free = virInterfaceFree;
  static int list(virConnectPtr connection, const std::string&, Object*** items) {
    return virConnectListAllInterfaces(connection, items, 0);
  }
  static Object* find(virConnectPtr connection, const std::string&, const std::string& name, Owner&) {
    return virInterfaceLookupByName(connection, name.c_str());
  }
  static std::string name(Object* interface) { return text(virInterfaceGetName(interface)); }
  static void documents(Object* interface, const ObjectSink& sink) {
    give_both(name(interface), true, virInterfaceIsActive(interface) == 1, sink, [&](bool inactive) {
      return virInterfaceGetXMLDesc(interface, inactive ? VIR_INTERFACE_XML_INACTIVE : 0);
    });
  }
};

struct Secret {
  using Object = virSecret;
  static constexpr auto free = virSecretFree;
  static int list(virConnectPtr connection, const std::string&, Object*** items) {
    return virConnectListAllSecrets(connection, items, 0);
  }
  static Object* find(virConnectPtr connection, const std::string&, const std::string& name, Owner&) {
    return virSecretLookupByUUIDString(connection, name.c_str());
  }
  static std::string name(Object* secret) {
    std::array<char, VIR_UUID_STRING_BUFLEN> uuid{};
    return virSecretGetUUIDString(secret, uuid.data()) == 0 ? uuid.data() : "";
  }
  // The secret's description. Its value would take another call (virSecretGetValue), which virtsql never makes.
  static void documents(Object* secret, const ObjectSink& sink) {
    give(sink, name(secret), "persistent", virSecretGetXMLDesc(secret, 0));
  }
};

struct Snapshot {
  using Object = virDomainSnapshot;
  static constexpr auto free = virDomainSnapshotFree;
  static int list(virConnectPtr connection, const std::string& owner, Object*** items) {
    const DomainRef domain = find_domain(connection, owner);
    return domain ? virDomainListAllSnapshots(domain.get(), items, 0) : -1;
  }
  static Object* find(virConnectPtr connection, const std::string& owner, const std::string& name, Owner& kept) {
    kept.domain = find_domain(connection, owner);
    return kept.domain ? virDomainSnapshotLookupByName(kept.domain.get(), name.c_str(), 0) : nullptr;
  }
  static std::string name(Object* snapshot) { return text(virDomainSnapshotGetName(snapshot)); }
  static void documents(Object* snapshot, const ObjectSink& sink) {
    give(sink, name(snapshot), "persistent", virDomainSnapshotGetXMLDesc(snapshot, 0));
  }
};

struct Checkpoint {
  using Object = virDomainCheckpoint;
  static constexpr auto free = virDomainCheckpointFree;
  static int list(virConnectPtr connection, const std::string& owner, Object*** items) {
    const DomainRef domain = find_domain(connection, owner);
    return domain ? virDomainListAllCheckpoints(domain.get(), items, 0) : -1;
  }
  static Object* find(virConnectPtr connection, const std::string& owner, const std::string& name, Owner& kept) {
    kept.domain = find_domain(connection, owner);
    return kept.domain ? virDomainCheckpointLookupByName(kept.domain.get(), name.c_str(), 0) : nullptr;
  }
  static std::string name(Object* checkpoint) { return text(virDomainCheckpointGetName(checkpoint)); }
  static void documents(Object* checkpoint, const ObjectSink& sink) {
    give(sink, name(checkpoint), "persistent", virDomainCheckpointGetXMLDesc(checkpoint, 0));
  }
};

// ---- what is the same for all types

template <typename Type>
std::optional<std::vector<std::string>> all_of(virConnectPtr connection, const std::string& owner,
                                               const ObjectSink& sink) {
  typename Type::Object** items = nullptr;
  const int count = Type::list(connection, owner, &items);
  if (count < 0) {
    virResetLastError();
    return std::nullopt;
  }
  // All are owned before the first is used, because the sink may throw.
  const auto objects = take_all<Type::free>(items, count);
  std::vector<std::string> names;
  for (const auto& object : objects) {
    names.push_back(Type::name(object.get()));
    if (sink) Type::documents(object.get(), sink);
  }
  virResetLastError();
  return names;
}

template <typename Type>
bool one_of(virConnectPtr connection, const std::string& owner, const std::string& name, const ObjectSink& sink) {
  Owner kept;
  const std::unique_ptr<typename Type::Object, LibvirtDeleter<Type::free>> object(
      Type::find(connection, owner, name, kept));
  if (object) {
    Type::documents(object.get(), sink);
  } else if (!says_absent()) {
    throw LibvirtError(name + " cannot be looked up");
  }
  virResetLastError();
  return object != nullptr;
}

// A domain has at most one backup. The backup has no name, so it is named by the domain's UUID.
bool backup(virConnectPtr connection, const std::string& owner, const std::string&, const ObjectSink& sink) {
  const DomainRef domain = find_domain(connection, owner);
  std::string xml = domain ? take(virDomainBackupGetXMLDesc(domain.get(), 0)) : "";
  const bool is_there = !xml.empty();
  if (!is_there && !says_absent() && virGetLastErrorCode() != VIR_ERR_OPERATION_INVALID)
    throw LibvirtError("the backup of " + owner + " cannot be asked for");
  virResetLastError();
  if (is_there && sink) sink({uuid_of(domain.get()), "persistent", std::move(xml), true});
  return is_there;
}

// ObjectKind::all of a kind of which there is at most one thing: the one that `One` gives.
template <auto One>
std::optional<std::vector<std::string>> the_one(virConnectPtr connection, const std::string& owner,
                                                const ObjectSink& sink) {
  std::vector<std::string> names;
  const auto named = [&](ObjectDocument document) {
    names.push_back(document.name);
    if (sink) sink(std::move(document));
  };
  try {
    (void)One(connection, owner, "", named);
  } catch (const LibvirtError&) {
    return std::nullopt;
  }
  return names;
}

}  // namespace

bool is_described(std::string_view root_name) {
  const auto& roots = Catalog::standard().roots();
  return std::any_of(roots.begin(), roots.end(), [&](const auto& root) { return root->name == root_name; });
}

const std::vector<ObjectKind>& object_kinds() {
  const auto described = [](std::vector<ObjectKind> kinds) {
    std::erase_if(kinds, [](const ObjectKind& kind) { return !is_described(kind.root()); });
    return kinds;
  };
  static const std::vector<ObjectKind> kKinds = described({
      {kinds::kCapabilities, "", the_one<capabilities>, capabilities},
      {kinds::kDomainCapabilities, "", all_domain_capabilities, domain_capabilities},
      {kinds::kNodeDevice, "", all_of<NodeDevice>, one_of<NodeDevice>},
      {kinds::kInterface, "", all_of<HostInterface>, one_of<HostInterface>},
      {kinds::kSecret, "", all_of<Secret>, one_of<Secret>},
      {kinds::kFilter, "", all_of<Filter>, one_of<Filter>},
      {kinds::kFilterBinding, "", all_of<FilterBinding>, one_of<FilterBinding>},
      {kinds::kNetwork, "", all_of<Network>, one_of<Network>},
      {kinds::kNetworkPort, kinds::kNetwork, all_of<NetworkPort>, one_of<NetworkPort>},
      {kinds::kPool, "", all_of<Pool>, one_of<Pool>},
      {kinds::kVolume, kinds::kPool, all_of<Volume>, one_of<Volume>},
      {kinds::kSnapshot, kinds::kDomain, all_of<Snapshot>, one_of<Snapshot>},
      {kinds::kCheckpoint, kinds::kDomain, all_of<Checkpoint>, one_of<Checkpoint>},
      {kinds::kBackup, kinds::kDomain, the_one<backup>, backup},
  });
  return kKinds;
}

const ObjectKind* find_object_kind(std::string_view name) {
  const auto& kinds = object_kinds();
  const auto found =
      std::find_if(kinds.begin(), kinds.end(), [&](const ObjectKind& kind) { return kind.name == name; });
  return found == kinds.end() ? nullptr : &*found;
}

}  // namespace virtsql
