// What a host can do, and what it can give to its VMs. libvirt has no objects for this, only calls that return XML.
//
// The functions have the form of an ObjectKind's (objects.h): they return whether libvirt has the thing, and the sink
// gets its document. `owner` is not used, because these things belong to the host.
#pragma once

#include <libvirt/libvirt.h>

#include <optional>
#include <string>
#include <vector>

#include "core/libvirt/object_document.h"

namespace virtsql {

// What the host has and can do, as the connection's driver sees it. The document is named after the driver; `name` is
// not used. Throws LibvirtError if libvirt cannot be asked.
bool capabilities(virConnectPtr connection, const std::string& owner, const std::string& name, const ObjectSink& sink);

// What VMs of one architecture and type can have. `name` is both: "x86_64 kvm". False as well if libvirt does not
// answer.
bool domain_capabilities(virConnectPtr connection, const std::string& owner, const std::string& name,
                         const ObjectSink& sink);

// Gives the sink the domain capabilities of each architecture and type of VM that the host can run. Returns their
// names; nothing if they cannot be found out.
std::optional<std::vector<std::string>> all_domain_capabilities(virConnectPtr connection, const std::string& owner,
                                                                const ObjectSink& sink);

}  // namespace virtsql
