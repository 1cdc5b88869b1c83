// What libvirt has now: its domains, and through objects.h everything else, as records. The one part of virtsql, beside
// virtsqld and virtsql_libvirt.so that use it, which calls libvirt. It never asks for secret values
// (VIR_DOMAIN_XML_SECURE, virSecretGetValue).
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
  int id = -1;     // -1: does not run
  int state = 0;   // virDomainState
  int reason = 0;  // of that state
  bool active = false;
  bool persistent = false;
  bool autostart = false;
  bool managed_save = false;
  std::string xml;             // of the running domain; empty where it does not run
  std::string persistent_xml;  // the definition; empty where there is none
};

// A domain with what libvirt says of all domains in a few calls: everything but the XML.
struct SurveyedDomain {
  DomainRef domain;
  DomainState state;
  bool has_snapshots = false;
  bool has_checkpoints = false;
};

// The name of a virDomainState, as virsh says it: running, paused, shut off, ...
std::string_view domain_state_name(int state);
// Why it is in that state, as virsh says it: booted, destroyed, ...
std::string domain_reason_name(int state, int reason);

class LibvirtSource {
 public:
  using Sink = std::function<void(Capture)>;

  // Connects, with keepalive. `read_only` asks for no more rights than reading takes. Throws LibvirtError.
  LibvirtSource(const std::string& uri, bool read_only);

  virConnectPtr connection() const { return connection_.get(); }
  const std::string& driver() const { return driver_; }
  const std::string& host() const { return host_; }
  // As libvirt itself has it: by that it is the same whatever it was opened by.
  const std::string& uri() const { return uri_; }
  bool is_alive() const;
  // Whether it is this machine's.
  bool is_local() const { return is_local_; }

  // ---- domains

  std::vector<DomainRef> domains() const;
  std::vector<SurveyedDomain> survey() const;
  // nullptr where there is none. Throws LibvirtError for anything else that goes wrong.
  DomainRef find(const std::string& uuid_or_name) const;

  // What to ask of a domain; what is not asked for is left as it is.
  struct Asked {
    bool state = true;  // with whether it is active and persistent
    bool flags = true;  // autostart, managed_save
    bool xml = true;
    bool persistent_xml = true;
  };
  static void look_at(virDomainPtr domain, DomainState& state, const Asked& asked);
  // The domain, with the XML that there is; nothing where it went in the meantime.
  static DomainState look_at(virDomainPtr domain);

  // A record of what libvirt says of the domain besides XML; of no config, and without a document.
  Capture record_of_state(const DomainState& state, const std::string& operation, const std::string& source) const;
  // Records of one domain: its definition, itself running, as far as the state has them. The records say `operation`
  // and `source`.
  void record_domain(DomainState state, const std::string& operation, const std::string& sub_operation,
                     const std::string& source, const Sink& sink) const;

  // ---- everything else

  // A record of a document. Where it is a domain's, `owner` is the domain's UUID.
  Capture record_of(const ObjectKind& kind, const std::string& owner, ObjectDocument document,
                    const std::string& operation, const std::string& source) const;
  // The record that a thing is no more.
  Capture record_of_end(const ObjectKind& kind, const std::string& owner, const std::string& name,
                        const std::string& source) const;
  // A record about this host without a document; `extra` says of which libvirt.
  Capture record(const std::string& operation, const std::string& source) const;

 private:
  ConnectRef connection_;
  std::string driver_;
  std::string host_;
  std::string uri_;
  bool is_local_;
};

}  // namespace virtsql
