// A device's address in the guest, and the name (alias) that a user gave it.
#include <charconv>

#include "core/virtumancer/domain_builder.h"

namespace virtsql::virtumancer {

// Gives the device the address that address_json says, if it can be there: it is a complete address on a PCI, drive or
// USB bus, its PCI bus exists, and no other device of the VM has it. Otherwise libvirt chooses one and address_json
// counts as not used.
void Domain::address(const Tag& devices, Tag& tag, Reading& reading) {
  if (reading.look("address_json").empty() || tag.has("address")) return;
  Tag made;
  apply_json(made, reading, "address_json", kAddressFields);
  if (made.children.empty()) return;
  const std::string type(made.get("address/@type"));
  const auto only = [&](std::string_view allowed) {
    bool out = true;
    for (const Tag& child : made.children)
      for (const auto& [attribute, value] : child.attributes) out = out && one_of(attribute, allowed);
    return out;
  };
  bool good = false;
  if (type == "pci") {
    for (const char* part : {"@domain", "@bus", "@function"})
      if (!made.has("address/" + std::string(part))) made.set("address/" + std::string(part), "0x0");
    // Spells the part as libvirt does (0x0000:0x00:0x03.0x0) and returns its number.
    const auto part = [&](std::string_view path, std::size_t digits) {
      std::uint64_t out = 0;
      const std::string text(made.get(path));
      if (text.size() < 3) return out;
      std::from_chars(text.data() + 2, text.data() + text.size(), out, 16);
      if (text.size() < digits + 2) made.set(path, "0x" + std::string(digits + 2 - text.size(), '0') + text.substr(2));
      return out;
    };
    const std::uint64_t bus = part("address/@bus", 2);
    bool bus_there = bus == 0;
    for (const Tag& other : devices.children)
      bus_there = bus_there ||
                  (other.name == "controller" && other.get("@type") == "pci" && number_of(other.get("@index")) == bus);
    const std::uint64_t slot = part("address/@slot", 2);
    good = made.has("address/@slot") && bus_there && part("address/@domain", 4) <= 0xFFFF && slot <= 0x1F &&
           part("address/@function", 1) <= 7 && slot + bus > 0 && only("type|domain|bus|slot|function");
  } else if (type == "drive") {
    made.erase("address/@slot");
    const std::string_view bus = made.get("address/@bus");
    if (bus.starts_with("0x")) made.set("address/@bus", std::string(bus.substr(2)));
    good = made.has("address/@unit") && only("type|controller|bus|target|unit");
  } else if (type == "usb") {
    const std::string_view bus = made.get("address/@bus");
    if (bus.starts_with("0x")) made.set("address/@bus", std::string(bus.substr(2)));
    good = made.has("address/@port") && only("type|bus|port");
  }
  std::string key = "address";
  if (good)
    for (const auto& [attribute, value] : made.children.front().attributes) key += "\n" + attribute + value;
  if (!good || !taken_keys_.insert(key).second) {
    reading.unuse("address_json");
    return;
  }
  tag.children.push_back(made.children.front());
}

// Gives the device the alias that a user chose (ua-...). libvirt gives all others anew at each start.
void Domain::alias(Tag& tag, std::string_view attachments, const SourceRow& row) {
  std::string kind(attachments.substr(0, attachments.find("_attachment")));
  std::erase(kind, '_');
  for (const SourceRow* entry : context_.rows_of("device_aliases", vm_)) {
    std::string type(entry->get("device_type"));
    std::erase(type, '_');
    const std::string_view name = entry->get("alias_name");
    if ((type != kind && kind.find(type) == std::string::npos) || entry->get("device_id") != row.id) continue;
    if (!name.starts_with("ua-") || !checked("token", name) || tag.has("alias")) continue;
    if (!taken_keys_.insert("alias " + std::string(name)).second) continue;
    tag.set("alias/@name", name);
    aliases_.insert(entry);
  }
}

}  // namespace virtsql::virtumancer
