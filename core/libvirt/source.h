// Makes records of what libvirt has now: its domains, and through objects.h everything else. core/libvirt is the only
// part of virtsql that calls libvirt, apart from virtsqld and virtsql_libvirt.so, which use it. It never asks for
// secret values (VIR_DOMAIN_XML_SECURE, virSecretGetValue).
//
// See https://libvirt.org/html/index.html for the calls.
#pragma once

#include <libvirt/libvirt.h>

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/libvirt/handles.h"
#include "core/libvirt/objects.h"
#include "core/spool/spool.h"

namespace virtsql {

// One domain as libvirt has it.
struct DomainState {
  std::string uuid;
  std::string name;
  int id = -1;     // -1: it does not run
  int state = 0;   // virDomainState
  int reason = 0;  // of that state
  bool active = false;
  bool persistent = false;
  bool autostart = false;
  bool managed_save = false;
  std::string xml;             // of the running domain; empty if it does not run
  std::string persistent_xml;  // the definition; empty if there is none
};

// A domain with everything that libvirt says of all domains in a few calls. That leaves out the XML.
struct SurveyedDomain {
  DomainRef domain;
  DomainState state;
  bool has_snapshots = false;
  bool has_checkpoints = false;
};

// Returns the name of a virDomainState in virsh's words: running, paused, shut off, ...
std::string_view domain_state_name(int state);
// Returns the name of a reason for that state in virsh's words: booted, destroyed, ...
std::string domain_reason_name(int state, int reason);

class LibvirtSource {
 public:
  using Sink = std::function<void(Capture)>;

  // Connects to libvirt at the URI, with keepalive. `read_only` makes a connection that may only read. Throws
  // LibvirtError.
  LibvirtSource(const std::string& uri, bool read_only);

  // Returns the connection, which stays this object's.
  virConnectPtr connection() const { return connection_.get(); }
  // libvirt's driver (qemu, lxc, ...) and the name of its host, as captures have them.
  const std::string& driver() const { return driver_; }
  const std::string& host() const { return host_; }
  // The URI in libvirt's own spelling, which is the same however the connection was opened.
  const std::string& uri() const { return uri_; }
  // Whether the connection is open; the keepalive closes it if libvirt no longer answers.
  bool is_alive() const;
  // Whether the URI names no other machine.
  bool is_local() const { return is_local_; }

  // ---- domains

  // Returns all domains, running or not. Throws LibvirtError.
  std::vector<DomainRef> domains() const;
  // Returns the same with their states, but without their XML: many domains then cost few calls. Throws LibvirtError.
  std::vector<SurveyedDomain> survey() const;
  // Returns the domain; nullptr if there is none. Throws LibvirtError for anything else that goes wrong.
  DomainRef find(const std::string& uuid_or_name) const;

  // What read_state() asks of a domain. What is not asked for stays as it is in the DomainState. Throws LibvirtError if
  // libvirt does not say whether the domain is active and persistent. A domain that went is neither.
  struct Asked {
    bool state = true;  // also whether it is active and persistent, and its id
    bool flags = true;  // autostart, managed_save
    bool xml = true;
    bool persistent_xml = true;
  };
  static void read_state(virDomainPtr domain, DomainState& state, const Asked& asked);
  // Asks for everything. Values that libvirt does not give, as after the domain went, are empty.
  static DomainState read_state(virDomainPtr domain);

  // Returns a record of what libvirt says of the domain besides XML. It has no config and no document.
  Capture record_of_state(const DomainState& state, const std::string& operation, const std::string& source) const;
  // Gives the sink the records of one domain: one of its definition and one of the running domain, if the state has
  // their XML. The records have this operation, sub_operation and source.
  void record_domain(DomainState state, const std::string& operation, const std::string& sub_operation,
                     const std::string& source, const Sink& sink) const;

  // ---- everything else

  // Returns a record of a document. `owner` is a domain's UUID if the thing belongs to a domain; else it is not used.
  Capture record_of(const ObjectKind& kind, const std::string& owner, ObjectDocument document,
                    const std::string& operation, const std::string& source) const;
  // Returns a record (an undefine) that libvirt no longer has a thing.
  Capture record_of_end(const ObjectKind& kind, const std::string& owner, const std::string& name,
                        const std::string& source) const;
  // Returns a record about this host without a document. Its `extra` is the URI of the libvirt.
  Capture record(const std::string& operation, const std::string& source) const;

 private:
  ConnectRef connection_;
  std::string driver_;
  std::string host_;
  std::string uri_;
  bool is_local_;
};

}  // namespace virtsql
