// What a host can do, and what it can give to its VMs. libvirt has no objects for it, but answers questions.
//
// The functions are those of an ObjectKind (objects.h): whether libvirt has the thing, whose document the sink gets.
// They throw LibvirtError if that cannot be found out. Nothing of it has an owner.
#pragma once

#include <libvirt/libvirt.h>

#include <optional>
#include <string>
#include <vector>

#include "core/libvirt/object_document.h"

namespace virtsql {

// What a host has and can do, as the connection's driver sees it; named after the driver.
bool capabilities(virConnectPtr connection, const std::string& owner, const std::string& name, const ObjectSink& sink);

// What VMs of an architecture and a type can have. The name is both: x86_64 kvm.
bool domain_capabilities(virConnectPtr connection, const std::string& owner, const std::string& name,
                         const ObjectSink& sink);

// Of each architecture and type of VM that the host can run: their names; nothing if they cannot be found out.
std::optional<std::vector<std::string>> all_domain_capabilities(virConnectPtr connection, const std::string& owner,
                                                                const ObjectSink& sink);

}  // namespace virtsql
