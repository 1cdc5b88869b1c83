// Devices of the host that are passed through to a VM: which they are, as far as virtumancer wrote it down.
#include <algorithm>

#include "core/base/letters.h"
#include "core/virtumancer/domain_builder.h"

namespace virtsql::virtumancer {

// Sets <address> from a PCI address domain:bus:slot.function. Each part is hexadecimal, with or without 0x; the domain
// may be missing. Returns whether the text is such an address.
bool Domain::pci_address(std::string_view text, Tag& tag) {
  std::vector<std::string> parts;
  std::string part;
  for (const char c : text) {
    if (c == ':' || c == '.') {
      parts.push_back(part);
      part.clear();
    } else {
      part += c;
    }
  }
  parts.push_back(part);
  if (parts.size() == 3) parts.insert(parts.begin(), "0000");
  if (parts.size() != 4) return false;
  static constexpr std::string_view kNames[] = {"@domain", "@bus", "@slot", "@function"};
  static constexpr std::size_t kDigits[] = {4, 2, 2, 1};
  for (std::size_t i = 0; i < 4; ++i) {
    std::string_view digits = parts[i];
    if (digits.starts_with("0x")) digits.remove_prefix(2);
    if (digits.empty() && i == 0) digits = "0";
    if (digits.empty() || digits.size() > kDigits[i] || !std::all_of(digits.begin(), digits.end(), is_hex_digit))
      return false;
    tag.set("address/" + std::string(kNames[i]),
            "0x" + std::string(kDigits[i] - digits.size(), '0') + std::string(digits));
  }
  return true;
}

// Returns the first vendor and product id in the text, vvvv:pppp; empty texts if there is none.
std::pair<std::string, std::string> Domain::usb_ids(std::string_view text) {
  const auto hex = [](std::string_view digits) {
    return digits.size() == 4 && std::all_of(digits.begin(), digits.end(), is_hex_digit);
  };
  for (std::size_t colon = text.find(':'); colon != std::string_view::npos; colon = text.find(':', colon + 1)) {
    if (colon < 4 || !hex(text.substr(colon - 4, 4)) || !hex(text.substr(colon + 1, 4))) continue;
    const auto edge = [&](std::size_t at) { return at >= text.size() || !is_hex_digit(text[at]); };
    if ((colon == 4 || edge(colon - 5)) && edge(colon + 5) && (colon + 5 >= text.size() || text[colon + 5] != ':'))
      return {std::string(text.substr(colon - 4, 4)), std::string(text.substr(colon + 1, 4))};
  }
  return {};
}

void Domain::host_devices(Tag& devices) {
  for (const SourceRow* row : context_.rows_of("host_device_attachments", vm_)) {
    const SourceRow* device = context_.find("host_devices", row->get("host_device_id"));
    if (!device) {
      leave_out("devices/hostdev", *row, missing("host_devices", row->get("host_device_id")));
      continue;
    }
    Reading attachment(row->values);
    Reading reading(device->values);
    attachment.use("host_device_id");
    Tag tag;
    tag.name = "hostdev";
    tag.set("@mode", "subsystem");
    const std::string type(reading.look("type"));
    Tag found;
    const bool is_pci = (type == "pci" || type.empty()) && pci_address(reading.look("address"), found);
    std::string vendor;
    std::string product;
    for (const SourceRow* detail : context_.rows_where("host_pc_idevices", "host_device_id", device->id)) {
      context_.use(*detail);
      const auto id = [&](std::string_view column) { return checked("hex", "0x" + without_0x(detail->get(column))); };
      if (type == "usb" && id("vendor_id") && id("product_id")) {
        vendor = without_0x(detail->get("vendor_id"));
        product = without_0x(detail->get("product_id"));
      } else if (is_pci || type != "usb") {
        leave_out("devices/hostdev", *detail, "details of the host's device, which libvirt finds by its address");
      }
    }
    if (type == "usb" && vendor.empty()) {
      std::tie(vendor, product) = usb_ids(reading.look("description"));
      if (vendor.empty()) std::tie(vendor, product) = usb_ids(reading.look("address"));
      if (!vendor.empty())
        inferred("devices/hostdev/source", *device, vendor + ":" + product + ", from its description");
    }
    if (is_pci) {
      tag.set("@type", "pci");
      tag.set("@managed", "yes");
      child_of(tag, "source")->children.push_back(found.children.front());
      for (const char* column : {"type", "address"}) reading.use(column);
      if (type.empty()) inferred("devices/hostdev/@type", *device, "pci, from the form of the address");
      defaulted("devices/hostdev/@managed", *row, "yes");
    } else if (type == "usb" && !vendor.empty()) {
      tag.set("@type", "usb");
      tag.set("@managed", "yes");
      tag.set("source/vendor/@id", "0x" + vendor);
      tag.set("source/product/@id", "0x" + product);
      reading.use("type");
      const std::string_view text = reading.look("address");
      if (text.find_first_not_of(":.") == std::string_view::npos) reading.use("address");
    } else {
      leave_out("devices/hostdev", *row, "which device of the host it is, is not known");
      notes_.back().kept = "{\"attachment\":" + row_json(*row, {}) + ",\"device\":" + row_json(*device, {}) + "}";
      continue;
    }
    if (!taken_keys_.insert("hostdev " + tag.children.back().xml()).second) {
      leave_out("devices/hostdev", *row, "the VM has the same device already");
      continue;
    }
    address(devices, tag, attachment);
    alias(tag, "host_device_attachments", *row);
    devices.children.push_back(std::move(tag));
    rest("devices/hostdev", *row, attachment);
    rest("devices/hostdev", *device, reading);
  }
}

std::string Domain::without_0x(std::string_view text) {
  return std::string(text.starts_with("0x") ? text.substr(2) : text);
}

}  // namespace virtsql::virtumancer
