#include "core/virtumancer/addresses.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <list>
#include <string>
#include <utility>
#include <vector>

#include "core/base/letters.h"

namespace virtsql::virtumancer {
namespace {

// Whether the address has none but these attributes (a|b).
bool has_only(const Tag& address, std::string_view allowed) {
  return std::all_of(address.attributes.begin(), address.attributes.end(),
                     [&](const auto& attribute) { return one_of(attribute.first, allowed); });
}

// Spells the part of a PCI address as libvirt does (0x0000:0x00:0x03.0x0) and returns its number.
std::uint64_t spelled_part(Tag& address, std::string_view path, std::size_t digits) {
  std::uint64_t out = 0;
  const std::string text(address.get(path));
  if (text.size() < 3) return out;
  std::from_chars(text.data() + 2, text.data() + text.size(), out, 16);
  if (text.size() < digits + 2) address.set(path, "0x" + std::string(digits + 2 - text.size(), '0') + text.substr(2));
  return out;
}

// Whether the VM has the bus, and the bus has the slot.
bool has_pci_slot(Draft& draft, std::uint64_t bus, std::uint64_t slot) {
  std::string_view model = "pci-root";
  if (bus > 0) {
    const std::list<Tag>& devices = draft.devices().children;
    const auto found = std::find_if(devices.begin(), devices.end(), [&](const Tag& tag) {
      return tag.name == "controller" && tag.get("@type") == "pci" && number_of(tag.get("@index")) == bus;
    });
    if (found == devices.end()) return false;
    model = found->get("@model");
  }
  if (one_of(model, "pcie-root-port|pcie-switch-downstream-port|pci-expander-bus")) return slot == 0;
  const bool has_first = one_of(model, "pcie-switch-upstream-port|dmi-to-pci-bridge|pcie-expander-bus");
  return slot <= 0x1F && (slot > 0 || has_first);
}

// Returns the types of address that the device can have (a|b), of those that virtsql takes.
std::string_view address_types(const Tag& device) {
  const std::string_view name = device.name;
  if (name == "disk") {
    const std::string_view bus = device.get("target/@bus");
    return bus == "virtio" ? "pci" : bus == "usb" ? "usb" : one_of(bus, "ide|sata|scsi|fdc") ? "drive" : "";
  }
  if (name == "input") return device.get("@bus") == "usb" ? "usb" : device.get("@bus") == "virtio" ? "pci" : "";
  if (name == "interface") return device.get("model/@type") == "usb-net" ? "usb" : "pci";
  if (name == "controller") {
    if (one_of(device.get("@model"), "pci-root|pcie-root|none")) return "";
    return one_of(device.get("@type"), "pci|usb|scsi|sata|ide|virtio-serial") ? "pci" : "";
  }
  if (name == "hostdev") {
    if (device.get("@type") == "usb") return "usb";
    return device.get("@type") == "pci" || device.get("@model") == "vfio-pci" ? "pci" : "";
  }
  return "pci";
}

// Each spells the address as libvirt does, and returns whether a device can have it.
bool fit_pci(Draft& draft, const Tag& device, Tag& address) {
  for (const char* part : {"@domain", "@bus", "@function"})
    if (!address.has(part)) address.set(part, "0x0");
  const std::uint64_t bus = spelled_part(address, "@bus", 2);
  const std::uint64_t slot = spelled_part(address, "@slot", 2);
  const std::uint64_t domain = spelled_part(address, "@domain", 4);
  const std::uint64_t function = spelled_part(address, "@function", 1);
  // A bus is behind those with lower numbers.
  const bool is_behind =
      device.name != "controller" || device.get("@type") != "pci" || number_of(device.get("@index")) > bus;
  return address.has("@slot") && is_behind && has_pci_slot(draft, bus, slot) && domain == 0 && function <= 7 &&
         has_only(address, "type|domain|bus|slot|function");
}

void spell_bus(Tag& address) {
  const std::string bus(address.get("@bus"));
  if (bus.starts_with("0x")) address.set("@bus", bus.substr(2));
}

// What each bus has on its controllers.
struct Drives {
  std::string_view bus;
  std::uint64_t controllers;
  std::uint64_t buses;
  std::uint64_t units;
};

constexpr Drives kDrives[] = {{"fdc", 1, 1, 2}, {"ide", 1, 2, 2}, {"sata", UINT64_MAX, 1, 6}};

bool fit_drive(const Tag& device, Tag& address) {
  address.erase("@slot");
  spell_bus(address);
  for (const char* part : {"@controller", "@bus", "@target"})
    if (!address.has(part)) address.set(part, "0");
  for (const Drives& drives : kDrives)
    if (device.get("target/@bus") == drives.bus &&
        (number_of(address.get("@controller")) >= drives.controllers ||
         number_of(address.get("@bus")) >= drives.buses || number_of(address.get("@unit")) >= drives.units))
      return false;
  return address.has("@unit") && has_only(address, "type|controller|bus|target|unit");
}

// A port of a port is one of a hub, which virtumancer does not know.
bool fit_usb(Draft& draft, Tag& address) {
  spell_bus(address);
  const std::string_view bus = address.get("@bus");
  const std::list<Tag>& devices = draft.devices().children;
  const bool has_bus = number_of(bus) == 0 || std::any_of(devices.begin(), devices.end(), [&](const Tag& tag) {
                         return tag.name == "controller" && tag.get("@type") == "usb" && tag.get("@index") == bus;
                       });
  return has_bus && number_of(address.get("@port")) > 0 && has_only(address, "type|bus|port");
}

bool fit_address(Draft& draft, const Tag& device, Tag& address) {
  const std::string_view type = address.get("@type");
  if (type == "pci") return fit_pci(draft, device, address);
  if (type == "drive") return fit_drive(device, address);
  return type == "usb" && fit_usb(draft, address);
}

// Returns what no two devices of the VM may have.
std::string key_of(const Tag& address) {
  std::string out = "address";
  for (const auto& [attribute, value] : address.attributes) out += "\n" + attribute + value;
  return out;
}

// Splits the address at its colons and its dot.
std::vector<std::string> parts_of_address(std::string_view text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == ':' || c == '.')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

}  // namespace

void set_address(Draft& draft, Tag& tag, Reading& reading) {
  if (reading.look("address_json").empty() || tag.has("address")) return;
  Tag made;
  apply_json(made, reading, "address_json", kAddressFields);
  if (made.children.empty()) return;
  Tag& address = made.children.front();
  if (one_of(address.get("@type"), address_types(tag)) && fit_address(draft, tag, address) &&
      draft.take(key_of(address)))
    tag.children.push_back(std::move(address));
  else
    reading.unuse("address_json");
}

void set_alias(Draft& draft, Tag& tag, std::string_view attachments, const SourceRow& row) {
  std::string kind(attachments.substr(0, attachments.find("_attachment")));
  std::erase(kind, '_');
  for (const SourceRow* entry : draft.rows_of("device_aliases")) {
    std::string type(entry->get("device_type"));
    std::erase(type, '_');
    const std::string_view name = entry->get("alias_name");
    if ((type != kind && kind.find(type) == std::string::npos) || entry->get("device_id") != row.id) continue;
    if (!name.starts_with("ua-") || !checked("token", name) || tag.has("alias")) continue;
    if (!draft.take("alias " + std::string(name))) continue;
    tag.set("alias/@name", name);
    draft.aliases.insert(entry);
  }
}

std::optional<Tag> pci_address(std::string_view text) {
  static constexpr std::string_view kNames[] = {"@domain", "@bus", "@slot", "@function"};
  static constexpr std::size_t kDigits[] = {4, 2, 2, 1};
  std::vector<std::string> parts = parts_of_address(text);
  if (parts.size() == 3) parts.insert(parts.begin(), "0000");
  if (parts.size() != 4) return std::nullopt;
  Tag address = tag_named("address");
  for (std::size_t i = 0; i < 4; ++i) {
    std::string_view digits = parts[i];
    if (digits.starts_with("0x")) digits.remove_prefix(2);
    if (digits.empty() && i == 0) digits = "0";
    if (digits.empty() || digits.size() > kDigits[i] || !std::all_of(digits.begin(), digits.end(), is_hex_digit))
      return std::nullopt;
    address.set(kNames[i], "0x" + std::string(kDigits[i] - digits.size(), '0') + std::string(digits));
  }
  return address;
}

}  // namespace virtsql::virtumancer
