// What a capture is about, and to which VM it belongs, as its document or its event says.
#pragma once

#include <string>
#include <string_view>

#include "core/catalog/catalog.h"
#include "core/spool/capture.h"
#include "core/spool/kinds.h"
#include "core/xml/xml.h"

namespace virtsql {

// Returns the kind of an event (kinds.h): that of the document's root element. Without a readable document (`document`
// is null), it is the event's own kind; else the kind that the sub-operation names, as older events of virtsqld about
// things that are no domain have it; else what the driver's hook is about: `network` for network, `other` for daemon,
// `domain` for every other driver.
std::string_view kind_of(const xml::Node* document, const Capture& event);

// Returns the UUID of the VM that a snapshot, checkpoint, network port or filter binding belongs to, as its document
// spells it. Empty if the document does not say it, and for every other document: a domain's own UUID is found by the
// catalog (identify_vm()).
std::string vm_uuid_in(const xml::Node& document);

// Whether each row of the root's table is a thing of one VM, named within that VM: a snapshot, a checkpoint, a backup.
bool is_of_a_vm(const Table& table);

}  // namespace virtsql
