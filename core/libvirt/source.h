// What libvirt has now: its domains, networks, pools, volumes, devices and snapshots as records, and its events as
// pointers to what to look at again. The one part of virtsql, beside virtsqld and virtsql_libvirt.so that use it, which
// calls libvirt. It never asks for secret values (VIR_DOMAIN_XML_SECURE).
//
// See https://libvirt.org/html/index.html for the calls.
#pragma once

#include <libvirt/libvirt.h>

#include <functional>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/spool/spool.h"

namespace virtsql {

// A call to libvirt failed: what was asked, and libvirt's own words.
struct LibvirtError : std::runtime_error {
  explicit LibvirtError(const std::string& what);
};

template <auto Free>
struct LibvirtDeleter {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using ConnectRef = std::unique_ptr<virConnect, LibvirtDeleter<virConnectClose>>;
using DomainRef = std::unique_ptr<virDomain, LibvirtDeleter<virDomainFree>>;

// One domain as libvirt has it.
struct DomainState {
  std::string uuid;
  std::string name;
  int id = -1;  // -1: does not run
  int state = 0;
  bool active = false;
  bool persistent = false;
  bool autostart = false;
  std::string xml;             // of the running domain; empty where it does not run
  std::string persistent_xml;  // the definition; empty where there is none
};

// Empty where libvirt does not say it.
std::string uuid_of(virDomainPtr domain);

// The name of a virDomainState: running, paused, shutoff, ...
const char* domain_state_name(int state);

class LibvirtSource {
 public:
  using Sink = std::function<void(spool::Record)>;

  // Connects, with keepalive. `read_only` asks for no more rights than reading takes. Throws LibvirtError.
  LibvirtSource(const std::string& uri, bool read_only);

  virConnectPtr connection() const { return connection_.get(); }
  const std::string& driver() const { return driver_; }
  const std::string& host() const { return host_; }
  bool is_alive() const;

  // The domain, with the XML that there is; nothing where it went in the meantime.
  static DomainState look_at(virDomainPtr domain);
  std::vector<DomainRef> domains() const;
  // nullptr where there is none. Throws LibvirtError for anything else that goes wrong.
  DomainRef find(const std::string& uuid_or_name) const;

  // Records of one domain: its definition, itself running. The records say `operation` and `source`.
  void record_domain(DomainState state, const std::string& operation, const std::string& sub_operation,
                     const std::string& source, const Sink& sink) const;

  // What is not a domain, by the name of its document's root element, as `sub_operation` of its records says too.
  struct Listed {
    std::string kind;             // network, networkport, pool, volume, device
    std::string vm_uuid;          // of what belongs to a VM
    std::set<std::string> names;  // by which libvirt finds them again; records carry them as `name`
  };
  // Records of the networks and their ports. What could be listed wholly is in the result: what is not in there is
  // gone.
  std::vector<Listed> record_networks(const std::string& operation, const std::string& source, const Sink& sink) const;
  // The same of capabilities, pools and their volumes, and node devices. What a driver does not have is left out.
  std::vector<Listed> record_host(const std::string& operation, const std::string& source, const Sink& sink) const;
  // The same of a domain's snapshots.
  std::vector<Listed> record_snapshots(virDomainPtr domain, const std::string& operation, const std::string& source,
                                       const Sink& sink) const;
  // Of everything.
  void record_all(const std::string& operation, const std::string& source, const Sink& sink) const;

  // A record about this host without a document.
  spool::Record record(const std::string& operation, const std::string& source) const;

 private:
  ConnectRef connection_;
  std::string driver_;
  std::string host_;
};

}  // namespace virtsql
