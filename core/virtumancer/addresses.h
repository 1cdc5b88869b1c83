// The addresses of devices, in the guest and on the host, and the names (aliases) that users gave devices.
#pragma once

#include <optional>
#include <string_view>

#include "core/virtumancer/draft.h"

namespace virtsql::virtumancer {

// Gives the device the address that address_json says, if it can be there: it is a complete address on a PCI, drive or
// USB bus, its PCI bus exists, and no other device of the VM has it. Otherwise libvirt chooses one and address_json
// counts as not used.
void set_address(Draft& draft, Tag& tag, Reading& reading);

// Gives the device the alias that a user chose (ua-...). libvirt gives all others anew at each start.
void set_alias(Draft& draft, Tag& tag, std::string_view attachments, const SourceRow& row);

// Returns the <address> of the host's PCI device domain:bus:slot.function. Each part is hexadecimal, with or without
// 0x; the domain may be missing. nullopt if the text is no such address.
std::optional<Tag> pci_address(std::string_view text);

}  // namespace virtsql::virtumancer
