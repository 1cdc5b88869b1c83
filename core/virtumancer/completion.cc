// What follows from all the devices together: a video card, the boot order, the machine type, the USB controller and
// the shared memory that some of them need.
#include <algorithm>
#include <set>

#include "core/base/letters.h"
#include "core/virtumancer/domain_builder.h"

namespace virtsql::virtumancer {

void Domain::default_video(Tag& devices) {
  for (const Tag& tag : devices.children)
    if (tag.name == "video") return;
  if (one_of(domain_.get("os/type"), "exe|uml")) return;
  Tag& tag = devices.add("video");
  tag.set("model/@type", "vga");
  tag.set("model/@heads", "1");
  tag.set("model/@primary", "yes");
  defaulted("devices/video", *vm_.row, "vga with one screen: virtumancer knows no video card of the VM");
}

void Domain::boot_order(Tag& devices) {
  if (boot_json_.empty() || one_of(boot_json_, "null|[]|{}")) return;
  struct Entry {
    std::uint64_t order;
    std::string name;
  };
  std::vector<Entry> entries;
  bool good = true;
  if (const auto items = items_of(boot_json_)) {
    for (const std::string& item : *items) {
      const auto members = Reading::of_json(item);
      const std::string name(members ? members->look("dev|device|name") : std::string_view(item));
      entries.push_back({members ? number_of(members->look("order")) : 0, name});
      good = good && !name.empty();
    }
  } else {
    good = false;
  }
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.order < b.order; });
  std::set<std::string> unique;
  for (const Entry& entry : entries) good = good && unique.insert(entry.name).second;
  const bool kinds = good && std::all_of(entries.begin(), entries.end(),
                                         [](const Entry& entry) { return one_of(entry.name, "hd|cdrom|network|fd"); });
  if (kinds) {
    for (const Entry& entry : entries) child_of(domain_, "os")->add("boot").set("@dev", entry.name);
    return;
  }
  // Otherwise the entries name devices: disks by their names, interfaces by their MAC addresses.
  std::vector<Tag*> chosen;
  for (const Entry& entry : entries)
    for (Tag& tag : devices.children)
      if ((tag.name == "disk" && tag.get("target/@dev") == entry.name) ||
          (tag.name == "interface" && lower_case(tag.get("mac/@address")) == lower_case(entry.name)))
        chosen.push_back(&tag);
  if (good && chosen.size() == entries.size()) {
    for (std::size_t i = 0; i < chosen.size(); ++i) chosen[i]->set("boot/@order", std::to_string(i + 1));
    return;
  }
  note("os/boot", *boot_row_, "left out", "boot_order_json names no devices that are there",
       row_json(*boot_row_, {"boot_order_json"}));
}

void Domain::machine(Tag& devices) {
  Tag& os = *child_of(domain_, "os");
  if (os.get("type").empty()) {
    os.set("type", "hvm");
    defaulted("os/type", *vm_.row, "hvm");
  }
  std::string because;
  for (const Tag& tag : devices.children) {
    if (tag.name == "controller" && tag.get("@type") == "pci" && tag.get("@model").starts_with("pcie-"))
      because = "there are PCI Express controllers";
    if (tag.name == "iommu" && tag.get("@model") == "intel") because = "there is an Intel IOMMU";
    if (tag.name == "watchdog" && tag.get("@model") == "itco") because = "there is an iTCO watchdog";
  }
  if (secure_boot_) because = "it boots securely";
  const std::string_view arch = os.get("type/@arch");
  if (!because.empty() && os.get("type") == "hvm" && (arch.empty() || one_of(arch, "x86_64|i686"))) {
    os.set("type/@machine", "q35");
    inferred("os/type/@machine", *vm_.row, "q35, as " + because);
  }
  usb_controller(devices);
  if (virtiofs_ && !domain_.has("memoryBacking/access")) {
    domain_.set("memoryBacking/access/@mode", "shared");
    if (!domain_.has("memoryBacking/source")) domain_.set("memoryBacking/source/@type", "memfd");
    inferred("memoryBacking", *vm_.row, "shared memory, which virtiofs needs");
  }
}

void Domain::usb_controller(Tag& devices) {
  bool needed = false;
  for (const Tag& tag : devices.children) {
    if (tag.name == "controller" && tag.get("@type") == "usb") return;
    needed = needed || tag.name == "redirdev" || (tag.name == "hostdev" && tag.get("@type") == "usb") ||
             (tag.name == "input" && tag.get("@bus") == "usb") ||
             (tag.name == "disk" && tag.get("target/@bus") == "usb");
  }
  if (!needed) return;
  Tag& tag = devices.add("controller");
  tag.set("@type", "usb");
  tag.set("@index", "0");
  inferred("devices/controller", *vm_.row, "a USB controller, as there are USB devices");
}

}  // namespace virtsql::virtumancer
