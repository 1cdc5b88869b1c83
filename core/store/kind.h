// What a capture is about, as its document or its event says it, and whose VM it is.
#pragma once

#include <string>
#include <string_view>

#include "core/spool/capture.h"
#include "core/spool/kinds.h"
#include "core/xml/xml.h"

namespace virtsql {

// The kind of an event: what the document's root element says; without a readable document (`document` is null), the
// event's own kind, or what the sub-operation names (as virtsqld's events of things that are no domain had it), else
// what the driver is for: network's hook speaks of networks, daemon's of nothing in the list, every other of domains.
std::string_view kind_of(const xml::Node* document, const Capture& event);

// The UUID of the VM that a snapshot, checkpoint, network port or filter binding belongs to, as the document says it;
// empty if it does not. A domain's own is the catalog's to find.
std::string vm_uuid_in(const xml::Node& document);

}  // namespace virtsql
