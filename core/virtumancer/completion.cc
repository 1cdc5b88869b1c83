// What follows from all the devices together: a video card, the boot order, the machine type, the USB controller and
// the shared memory, the ACPI and the interrupt remapping that some of them need.
#include <algorithm>
#include <cstdint>
#include <iterator>
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

// What the VMs of a type of domains can be. The first is what they are if nothing is said.
struct OsTypes {
  std::string_view domain_type;
  std::string_view os_types;  // a|b
};

constexpr OsTypes kOsTypesOf[] = {{"kvm", "hvm"},    {"qemu", "hvm"},   {"xen", "hvm|xen|linux|xenpvh"},
                                  {"bhyve", "hvm"},  {"vmware", "hvm"}, {"vbox", "hvm"},
                                  {"lxc", "exe"},    {"openvz", "exe"}, {"vz", "hvm|exe"},
                                  {"test", kOsTypes}};

// A machine of type q35 has no IDE.
void move_ide_disks(Draft& draft) {
  for (Tag& tag : draft.devices().children) {
    if (tag.name != "disk" || tag.get("target/@bus") != "ide") continue;
    tag.set("target/@bus", "sata");
    draft.inferred("devices/disk/target/@bus", *tag.row, "sata, as a machine of type q35 has no IDE");
  }
}

// Returns what of the VM a machine of type q35 alone has; empty if there is nothing.
std::string needs_q35(Draft& draft) {
  if (draft.secure_row) return "it boots securely";
  if (number_of(draft.domain.get("vcpu")) > kMostVcpusWithoutIommu) return "it has more than 255 virtual CPUs";
  std::string out;
  for (const Tag& tag : draft.devices().children) {
    if (tag.name == "controller" && tag.get("@type") == "pci" &&
        (tag.get("@model").starts_with("pcie-") || tag.get("@model") == "dmi-to-pci-bridge"))
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

void choose_os_type(Draft& draft) {
  Tag& os = child_of(draft.domain, "os");
  const SourceRow& vm = *draft.vm.row;
  const auto* kind = std::find_if(std::begin(kOsTypesOf), std::end(kOsTypesOf),
                                  [&](const OsTypes& entry) { return entry.domain_type == draft.domain.get("@type"); });
  const std::string_view types = kind == std::end(kOsTypesOf) ? kOsTypes : kind->os_types;
  const std::string type(os.get("type"));
  if (!type.empty() && !one_of(type, types)) {
    draft.leave_out("os/type", vm, "not on a hypervisor of type " + std::string(draft.domain.get("@type")),
                    value_json("os/type", type));
    child_of(os, "type").text.clear();
  }
  if (os.get("type").empty()) {
    os.set("type", types.substr(0, types.find('|')));
    draft.defaulted("os/type", vm, std::string(os.get("type")));
  }
  if (os.get("type") != "exe") return;
  // virtumancer writes the first program of a container into loader_path.
  const std::string program(os.get("loader"));
  os.erase("loader");
  os.set("init", program.empty() ? "/sbin/init" : program);
  if (program.empty()) draft.defaulted("os/init", vm, "/sbin/init");
}

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
  const std::string because = needs_q35(draft);
  const std::string_view arch = os.get("type/@arch");
  if (because.empty() || os.get("type") != "hvm" || !(arch.empty() || one_of(arch, "x86_64|i686"))) return;
  os.set("type/@machine", "q35");
  draft.inferred("os/type/@machine", *draft.vm.row, "q35, as " + because);
  move_ide_disks(draft);
}

void add_interrupt_remapping(Draft& draft) {
  if (draft.domain.get("os/type/@machine") != "q35" || !one_of(draft.domain.get("@type"), "kvm|qemu") ||
      number_of(draft.domain.get("vcpu")) <= kMostVcpusWithoutIommu)
    return;
  Tag* iommu = nullptr;
  for (Tag& tag : draft.devices().children)
    if (tag.name == "iommu") iommu = &tag;
  if (!iommu) iommu = &draft.devices().add("iommu");
  iommu->set("@model", "intel");
  iommu->set("driver/@intremap", "on");
  iommu->set("driver/@eim", "on");
  child_of(draft.domain, "features").set("ioapic/@driver", "qemu");
  draft.inferred("devices/iommu/driver", *draft.vm.row,
                 "an Intel IOMMU with extended interrupt mode, as more than 255 virtual CPUs need one");
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

void add_acpi(Draft& draft) {
  Tag& domain = draft.domain;
  const std::string_view arch = domain.get("os/type/@arch");
  if (domain.has("features/acpi") || !(arch.empty() || one_of(arch, "x86_64|i686|aarch64"))) return;
  std::string because;
  if (domain.get("os/loader/@type") == "pflash" || domain.get("os/@firmware") == "efi") because = "UEFI needs it";
  for (const Tag& tag : draft.devices().children)
    if (tag.name == "iommu" && tag.get("@model") == "virtio") because = "the IOMMU needs it";
  if (because.empty()) return;
  domain.set("features/acpi", "");
  draft.inferred("features/acpi", *draft.vm.row, "there, as " + because);
}

void share_memory(Draft& draft) {
  if (!draft.virtiofs || draft.domain.get("memoryBacking/access/@mode") == "shared") return;
  if (draft.domain.has("memoryBacking/access"))
    draft.leave_out("memoryBacking/access/@mode", *draft.vm.row, "virtiofs needs shared memory",
                    value_json("memoryBacking/access/@mode", draft.domain.get("memoryBacking/access/@mode")));
  draft.domain.set("memoryBacking/access/@mode", "shared");
  if (!draft.domain.has("memoryBacking/source")) draft.domain.set("memoryBacking/source/@type", "memfd");
  draft.inferred("memoryBacking", *draft.vm.row, "shared memory, which virtiofs needs");
}

}  // namespace virtsql::virtumancer
