// What follows from all the devices together: a video card, the boot order, the machine type, the USB controller and
// the shared memory that some of them need.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/letters.h"
#include "core/virtumancer/parts.h"

namespace virtsql::virtumancer {
namespace {

// An entry of boot_order_json: a kind of device, or a device.
struct BootEntry {
  std::uint64_t order;
  std::string name;
};

// Returns the entries in their order; nullopt if the text is no list of different names.
std::optional<std::vector<BootEntry>> boot_entries(std::string_view json) {
  const auto items = items_of(json);
  if (!items) return std::nullopt;
  std::vector<BootEntry> out;
  std::set<std::string> names;
  for (const std::string& item : *items) {
    const auto members = Reading::of_json(item);
    const std::string name(members ? members->look("dev|device|name") : std::string_view(item));
    if (name.empty() || !names.insert(name).second) return std::nullopt;
    out.push_back({members ? number_of(members->look("order")) : 0, name});
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.order < b.order; });
  return out;
}

bool boot_kinds(Draft& draft, const std::vector<BootEntry>& entries) {
  for (const BootEntry& entry : entries)
    if (!one_of(entry.name, "hd|cdrom|network|fd")) return false;
  for (const BootEntry& entry : entries) child_of(draft.domain, "os").add("boot").set("@dev", entry.name);
  return true;
}

// Whether the entry names the device: a disk by its name, an interface by its MAC address.
bool is_named(const BootEntry& entry, const Tag& device) {
  return (device.name == "disk" && device.get("target/@dev") == entry.name) ||
         (device.name == "interface" && same_without_case(device.get("mac/@address"), entry.name));
}

bool boot_devices(Draft& draft, const std::vector<BootEntry>& entries) {
  std::vector<Tag*> chosen;
  for (const BootEntry& entry : entries)
    for (Tag& device : draft.devices().children)
      if (is_named(entry, device)) chosen.push_back(&device);
  if (chosen.size() != entries.size()) return false;
  for (std::size_t i = 0; i < chosen.size(); ++i) chosen[i]->set("boot/@order", std::to_string(i + 1));
  return true;
}

// Returns what of the VM a machine of type q35 alone has; empty if there is nothing.
std::string needs_q35(Draft& draft) {
  if (draft.secure_row) return "it boots securely";
  std::string out;
  for (const Tag& tag : draft.devices().children) {
    if (tag.name == "controller" && tag.get("@type") == "pci" && tag.get("@model").starts_with("pcie-"))
      out = "there are PCI Express controllers";
    if (tag.name == "iommu" && tag.get("@model") == "intel") out = "there is an Intel IOMMU";
    if (tag.name == "iommu" && tag.get("@model") == "virtio") out = "there is a virtio IOMMU";
    if (tag.name == "watchdog" && tag.get("@model") == "itco") out = "there is an iTCO watchdog";
  }
  return out;
}

bool is_on_usb(const Tag& device) {
  return device.name == "redirdev" || (device.name == "hostdev" && device.get("@type") == "usb") ||
         (device.name == "input" && device.get("@bus") == "usb") ||
         (device.name == "disk" && device.get("target/@bus") == "usb");
}

}  // namespace

void add_default_video(Draft& draft) {
  for (const Tag& tag : draft.devices().children)
    if (tag.name == "video") return;
  if (one_of(draft.domain.get("os/type"), "exe|uml")) return;
  Tag& tag = draft.devices().add("video");
  tag.set("model/@type", "vga");
  tag.set("model/@heads", "1");
  tag.set("model/@primary", "yes");
  draft.defaulted("devices/video", *draft.vm.row, "vga with one screen: virtumancer knows no video card of the VM");
}

void add_boot_order(Draft& draft) {
  if (!draft.boot_row) return;
  const std::string_view json = draft.boot_row->get("boot_order_json");
  if (json.empty() || one_of(json, "null|[]|{}")) return;
  if (const auto entries = boot_entries(json))
    if (boot_kinds(draft, *entries) || boot_devices(draft, *entries)) return;
  draft.leave_out("os/boot", *draft.boot_row, "boot_order_json names no devices that are there",
                  row_json(*draft.boot_row, {"boot_order_json"}));
}

void choose_machine(Draft& draft) {
  Tag& os = child_of(draft.domain, "os");
  if (os.get("type").empty()) {
    os.set("type", "hvm");
    draft.defaulted("os/type", *draft.vm.row, "hvm");
  }
  const std::string because = needs_q35(draft);
  const std::string_view arch = os.get("type/@arch");
  if (because.empty() || os.get("type") != "hvm" || !(arch.empty() || one_of(arch, "x86_64|i686"))) return;
  os.set("type/@machine", "q35");
  draft.inferred("os/type/@machine", *draft.vm.row, "q35, as " + because);
}

void add_usb_controller(Draft& draft) {
  bool needed = false;
  for (const Tag& tag : draft.devices().children) {
    if (tag.name == "controller" && tag.get("@type") == "usb") return;
    needed = needed || is_on_usb(tag);
  }
  if (!needed) return;
  Tag& tag = draft.devices().add("controller");
  tag.set("@type", "usb");
  tag.set("@index", "0");
  draft.inferred("devices/controller", *draft.vm.row, "a USB controller, as there are USB devices");
}

void share_memory(Draft& draft) {
  if (!draft.virtiofs || draft.domain.has("memoryBacking/access")) return;
  draft.domain.set("memoryBacking/access/@mode", "shared");
  if (!draft.domain.has("memoryBacking/source")) draft.domain.set("memoryBacking/source/@type", "memfd");
  draft.inferred("memoryBacking", *draft.vm.row, "shared memory, which virtiofs needs");
}

}  // namespace virtsql::virtumancer
