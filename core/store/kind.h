// What a capture is about: captures.kind, and whose VM it is.
#pragma once

#include <string>
#include <string_view>

#include "core/spool/spool.h"
#include "core/xml/xml.h"

namespace virtsql {

// captures.kind of a VM's own captures.
inline constexpr std::string_view kDomain = "domain";

// The kind of an event: what the document's root element says; without a readable document (`document` is null), the
// event's own kind, or what the sub-operation names (as virtsqld's events of things that are no domain had it), else
// what the driver is for: network's hook speaks of networks, daemon's of nothing in the list, every other of domains. A
// word of the program's, valid for ever.
std::string_view kind_of(const xml::Node* document, const Capture& event);

// The kind of the documents that have the root element.
std::string_view kind_of_root(std::string_view root);

// The UUID of the VM that a snapshot, checkpoint, network port or filter binding belongs to, as the document says it;
// empty if it does not. A domain's own is the catalog's to find.
std::string vm_uuid_in(const xml::Node& document);

}  // namespace virtsql
