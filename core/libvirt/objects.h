// Everything that libvirt has as XML besides domains: the capabilities of the host and of its VMs, networks and their
// ports, pools and their volumes, devices, filters, secrets, host interfaces, and a domain's snapshots, checkpoints and
// running backup. object_kinds() says once for each kind how libvirt lists and finds it; everything else here and in
// virtsqld goes by that.
//
// Networks, pools and host interfaces are kept twice, like domains: a definition (config `persistent`), and what runs
// (`live`) while they are active. The rest is kept once, as `persistent`.
#pragma once

#include <libvirt/libvirt.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/libvirt/object_document.h"
#include "core/spool/kinds.h"

namespace virtsql {

// A kind of thing that libvirt can be asked for; see core/spool/kinds.h.
struct ObjectKind {
  std::string_view name;   // as captures.kind has it: network, pool, volume, ...
  std::string_view owner;  // the kind of thing that it belongs to: domain, network, pool; empty: to the host
  // Returns the names of all things of the kind that the owner (its UUID or name) has, and gives the sink their
  // documents. Nothing if they could not be listed, which does not mean that there are none. `sink` may be empty: then
  // no documents are asked for.
  std::optional<std::vector<std::string>> (*all)(virConnectPtr connection, const std::string& owner,
                                                 const ObjectSink& sink);
  // Gives the sink the documents of one thing. Returns whether libvirt has it. Throws LibvirtError if that cannot be
  // found out.
  bool (*one)(virConnectPtr connection, const std::string& owner, const std::string& name, const ObjectSink& sink);

  // The name of the root element of its documents.
  std::string_view root() const { return root_of_kind(name); }
};

// Whether the catalog describes documents with this root element. Other documents would make no rows.
bool is_described(std::string_view root_name);

// Returns every kind that the catalog describes; owners come before what they own.
const std::vector<ObjectKind>& object_kinds();

// Returns the kind of that name; nullptr if the catalog does not describe it.
const ObjectKind* find_object_kind(std::string_view name);

}  // namespace virtsql
