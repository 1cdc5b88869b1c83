// What libvirt refuses of a finished VM although it knows each part of it: parts that do not go with the VM's
// hypervisor, its machine or its other devices. They are taken out, and the report keeps them.
#include <algorithm>
#include <cstdint>
#include <list>
#include <set>
#include <string>
#include <vector>

#include "core/base/cpuset.h"
#include "core/virtumancer/parts.h"

namespace virtsql::virtumancer {
namespace {

// The VM as the rules below see it.
class Machine {
 public:
  explicit Machine(const Tag& domain) : domain_(domain) {}

  // libvirt's QEMU driver refuses more than others, which cannot do these things either but do not say so.
  bool is_qemu() const { return one_of(domain_.get("@type"), "kvm|qemu"); }
  // Whether its processor is one of these (a|b). One that is not said is taken to be x86_64.
  bool is_arch(std::string_view list) const {
    const std::string_view arch = domain_.get("os/type/@arch");
    return one_of(arch.empty() ? "x86_64" : arch, list);
  }
  bool is_x86() const { return is_arch("x86_64|i686"); }
  bool is_q35() const { return domain_.get("os/type/@machine") == "q35"; }
  std::uint64_t vcpus() const { return number_of(domain_.get("vcpu")); }

  std::string_view text(std::string_view path) const { return domain_.get(path); }

  const std::list<Tag>& children(std::string_view path) const {
    static const std::list<Tag> kNone;
    const Tag* place = &domain_;
    while (place && !path.empty()) {
      const std::string_view step = next_step(path);
      const auto found = std::find_if(place->children.begin(), place->children.end(),
                                      [&](const Tag& tag) { return tag.name == step; });
      place = found == place->children.end() ? nullptr : &*found;
    }
    return place ? place->children : kNone;
  }
  // Whether it has a device of the element, with the value at the path unless that is empty.
  bool has_device(std::string_view element, std::string_view path = "", std::string_view value = "") const {
    const std::list<Tag>& devices = children("devices");
    return std::any_of(devices.begin(), devices.end(),
                       [&](const Tag& tag) { return tag.name == element && (path.empty() || tag.get(path) == value); });
  }
  // Returns the elements of the tag's name that stand before it.
  std::vector<const Tag*> before(const Tag& tag, std::string_view path) const {
    std::vector<const Tag*> out;
    for (const Tag& other : children(path)) {
      if (&other == &tag) break;
      if (other.name == tag.name) out.push_back(&other);
    }
    return out;
  }

 private:
  const Tag& domain_;
};

// The size below which a video card's memory is, in KiB.
constexpr std::uint64_t kVideoMemory = 4194303;

// Something that libvirt refuses: `part` of an element for which `is` is true.
struct Misfit {
  std::string_view element;  // the path below <domain>; *: any
  std::string_view part;     // the path below the element; empty: all of it
  bool (*is)(const Machine& vm, const Tag& tag);
  std::string_view reason;
};

// ---- conditions

bool has_no_firmware(const Machine& vm, const Tag& os) {
  (void)vm;
  return os.get("type") != "hvm";
}

bool is_lonely_spice(const Machine& vm, const Tag& tag) {
  return one_of(tag.get("@type"), "spicevmc|spiceport") && !vm.has_device("graphics", "@type", "spice");
}

bool is_on_serial_bus(const Tag& serial) {
  return serial.get("target/@type").empty() || serial.get("target/@type") == "isa-serial";
}

// Whether the huge page is of NUMA cells that are not there, or of such that have one before.
bool is_unfit_page(const Machine& vm, const Tag& page) {
  const auto cells_of = [](const Tag& tag) { return Cpuset::parse(tag.get("@nodeset")).value_or(Cpuset()).numbers(); };
  std::set<unsigned> taken;
  bool has_default = false;
  for (const Tag* other : vm.before(page, "memoryBacking/hugepages")) {
    has_default = has_default || !other->has("@nodeset");
    for (const unsigned cell : cells_of(*other)) taken.insert(cell);
  }
  if (!page.has("@nodeset")) return has_default;
  std::set<std::uint64_t> cells;
  for (const Tag& cell : vm.children("cpu/numa")) cells.insert(number_of(cell.get("@id")));
  const std::vector<unsigned> wanted = cells_of(page);
  return wanted.empty() || std::any_of(wanted.begin(), wanted.end(),
                                       [&](unsigned cell) { return !cells.contains(cell) || taken.contains(cell); });
}

bool is_foreign_action(const Machine& vm, const Tag& tag) {
  return vm.is_qemu() && one_of(tag.text, "preserve|rename-restart");
}

bool is_on_ide(const Tag& tag) { return tag.get("@type") == "ide"; }

// Whether the timer has a policy that QEMU does not have for it.
bool is_foreign_policy(const Machine& vm, const Tag& timer) {
  const std::string_view policy = timer.get("@tickpolicy");
  if (timer.get("@name") == "rtc") return vm.is_qemu() && one_of(policy, "merge|discard");
  return vm.is_qemu() && timer.get("@name") == "pit" && policy == "merge";
}

bool is_foreign_video(const Machine& vm, const Tag& video) {
  return vm.is_qemu() && one_of(video.get("model/@type"), "xen|vbox|parallels|gop|vmvga") &&
         (video.get("model/@type") != "vmvga" || !vm.is_x86());
}

// Whether there is a panic device of the model already: x86 has isa if the model is not said.
bool is_second_panic(const Machine& vm, const Tag& panic) {
  const auto model_of = [](const Tag& tag) { return tag.has("@model") ? tag.get("@model") : "isa"; };
  const std::vector<const Tag*> before = vm.before(panic, "devices");
  return vm.is_x86() && std::any_of(before.begin(), before.end(),
                                    [&](const Tag* other) { return model_of(*other) == model_of(panic); });
}

// A PCI device that is part of the machine, at an address that no other device can have.
struct BuiltIn {
  bool is_q35;
  std::string_view type;  // of its controller
  std::string_view slot;
  std::string_view function;
};

constexpr BuiltIn kBuiltIn[] = {
    {false, "ide", "0x01", "0x1"}, {false, "usb", "0x01", "0x2"}, {true, "sata", "0x1f", "0x2"}};

// Whether the device is at an address of the machine's own devices, or is such a device and at another one.
bool is_unfit_address(const Machine& vm, const Tag& tag) {
  if (!vm.is_qemu() || !vm.is_x86() || tag.get("address/@type") != "pci") return false;
  const bool is_first = tag.name == "controller" && tag.get("@index") == "0";
  for (const BuiltIn& own : kBuiltIn)
    if (own.is_q35 == vm.is_q35() && is_first && tag.get("@type") == own.type &&
        (own.type != "usb" || one_of(tag.get("@model"), "piix3-uhci|piix4-uhci")))
      return tag.get("address/@bus") != "0x00" || tag.get("address/@slot") != own.slot ||
             tag.get("address/@function") != own.function;
  return tag.get("address/@bus") == "0x00" && tag.get("address/@slot") == (vm.is_q35() ? "0x1f" : "0x01");
}

// Whether no machine of this type has the PCI controller, or not at this index.
bool is_unfit_bus(const Machine& vm, const Tag& tag) {
  if (!vm.is_qemu() || !vm.is_x86() || tag.get("@type") != "pci") return false;
  const std::string_view model = tag.get("@model");
  const std::string_view root = vm.is_q35() ? "pcie-root" : "pci-root";
  if ((tag.get("@index") == "0") != (model == root)) return true;
  if (one_of(model, "pci-root|pcie-root")) return model != root;
  if (model == "pcie-switch-downstream-port" && !vm.has_device("controller", "@model", "pcie-switch-upstream-port"))
    return true;
  return vm.is_q35() && model == "pci-expander-bus";
}

bool is_foreign_timer(const Machine& vm, const Tag& timer) {
  if (!vm.is_qemu()) return false;
  const std::string_view name = timer.get("@name");
  if (name == "platform") return true;
  if (name == "armvtimer") return !vm.is_arch("aarch64|armv7l");
  return one_of(name, "tsc|kvmclock|hypervclock|hpet|pit") && !vm.is_x86();
}

// Whether the serial port is of other machines.
bool is_foreign_port(const Machine& vm, const Tag& serial) {
  const std::string_view type = serial.get("target/@type");
  if (type == "sclp-serial") return !vm.is_arch("s390x");
  if (type == "spapr-vio-serial") return !vm.is_arch("ppc64|ppc64le");
  if (type == "system-serial") return vm.is_arch("x86_64|i686|s390x|ppc64|ppc64le");
  return type == "isa-serial" && !vm.is_x86();
}

// ---- what libvirt refuses

// Elements come before the parts of others that need them.
constexpr Misfit kMisfits[] = {
    {"os", "@firmware", has_no_firmware, "it boots without a firmware"},
    {"os", "loader", has_no_firmware, "it boots without a firmware"},
    {"os", "nvram", has_no_firmware, "it boots without a firmware"},
    {"os", "bootmenu", has_no_firmware, "it boots without a firmware"},
    {"os", "smbios", has_no_firmware, "it boots without a firmware"},
    {"os", "bios", has_no_firmware, "it boots without a firmware"},
    {"on_poweroff", "", is_foreign_action, "QEMU has no such action"},
    {"on_reboot", "", is_foreign_action, "QEMU has no such action"},
    {"on_crash", "", [](const Machine& vm, const Tag& tag) { return vm.is_qemu() && tag.text == "rename-restart"; },
     "QEMU has no such action"},
    {"on_poweroff", "",
     [](const Machine& vm, const Tag& tag) {
       return vm.is_qemu() && tag.text == "restart" && vm.text("on_reboot") == "destroy";
     },
     "QEMU does not restart a VM that is turned off, and turn off one that is restarted"},
    {"memoryBacking/hugepages/page", "", is_unfit_page,
     "the VM has no such NUMA cells, or they have pages of another size"},
    {"features/nested-hv", "", [](const Machine& vm, const Tag&) { return !vm.is_arch("ppc64|ppc64le"); },
     "only POWER has it"},
    {"features/htm", "", [](const Machine& vm, const Tag&) { return !vm.is_arch("ppc64|ppc64le"); },
     "only POWER has it"},
    {"memoryBacking", "source",
     [](const Machine&, const Tag& tag) { return tag.get("source/@type") == "anonymous" && tag.has("hugepages"); },
     "huge pages are not anonymous memory"},
    {"clock/timer", "", is_foreign_timer, "the machine has no such timer"},
    {"clock/timer", "@tickpolicy", is_foreign_policy, "QEMU has no such policy for the timer"},
    {"clock/timer", "@track",
     [](const Machine& vm, const Tag& tag) { return vm.is_qemu() && one_of(tag.get("@track"), "boot|realtime"); },
     "QEMU tracks only the guest's and the wall clock"},
    {"devices/channel", "", is_lonely_spice, "the VM has no SPICE screen"},
    {"devices/serial", "", is_lonely_spice, "the VM has no SPICE screen"},
    {"devices/smartcard", "", is_lonely_spice, "the VM has no SPICE screen"},
    {"devices/redirdev", "", is_lonely_spice, "the VM has no SPICE screen"},
    {"devices/smartcard", "alias", [](const Machine&, const Tag&) { return true; }, "libvirt's grammar has none there"},
    {"devices/serial", "target/@type", is_foreign_port, "the machine has no such serial port"},
    {"devices/serial", "",
     [](const Machine& vm, const Tag& tag) {
       if (!vm.is_qemu() || !is_on_serial_bus(tag)) return false;
       const std::vector<const Tag*> before = vm.before(tag, "devices");
       return number_of(tag.get("target/@port")) > 3 ||
              std::count_if(before.begin(), before.end(), [](const Tag* other) { return is_on_serial_bus(*other); }) >
                  3;
     },
     "a machine has four serial ports of this kind"},
    {"devices/controller", "",
     [](const Machine& vm, const Tag& tag) { return vm.is_qemu() && one_of(tag.get("@type"), "xenbus|isa"); },
     "QEMU has no such controller"},
    {"devices/controller", "",
     [](const Machine& vm, const Tag& tag) {
       return vm.is_qemu() && one_of(tag.get("@type"), "ide|fdc") && tag.get("@index") != "0";
     },
     "a machine has one controller of this type"},
    {"devices/controller", "",
     [](const Machine& vm, const Tag& tag) { return vm.is_qemu() && is_on_ide(tag) && vm.is_q35(); },
     "a machine of type q35 has no IDE controller"},
    {"devices/controller", "", is_unfit_bus, "a machine of this type has no such PCI bus, or not at this place"},
    {"devices/controller", "@model",
     [](const Machine& vm, const Tag& tag) {
       return vm.is_x86() && one_of(tag.get("@model"), "ncr53c90|ibmvscsi|qusb1|qusb2");
     },
     "no x86 machine has this model"},
    {"devices/interface", "model",
     [](const Machine& vm, const Tag& tag) {
       return vm.is_qemu() && tag.get("model/@type") == "usb-net" && !tag.has("address");
     },
     "libvirt gives it no address by itself"},
    {"devices/sound", "", [](const Machine& vm, const Tag& tag) { return vm.is_qemu() && tag.get("@model") == "ich7"; },
     "QEMU has no such sound card"},
    {"devices/input", "", [](const Machine& vm, const Tag& tag) { return vm.is_qemu() && tag.get("@bus") == "xen"; },
     "only Xen has this bus"},
    {"devices/input", "@bus",
     [](const Machine& vm, const Tag& tag) {
       return vm.is_qemu() && tag.get("@bus") == "ps2" && tag.get("@type") == "tablet";
     },
     "a tablet is not on this bus"},
    {"devices/hostdev", "",
     [](const Machine& vm, const Tag& tag) {
       return one_of(tag.get("@model"), "vfio-ccw|vfio-ap") && !vm.is_arch("s390x");
     },
     "only s390x has it"},
    {"devices/memballoon", "",
     [](const Machine& vm, const Tag& tag) { return vm.is_qemu() && tag.get("@model") == "xen"; }, "only Xen has it"},
    {"devices/panic", "", is_second_panic, "the VM has one of the model already"},
    {"devices/panic", "",
     [](const Machine& vm, const Tag& tag) {
       return (tag.get("@model") == "pseries" && !vm.is_arch("ppc64|ppc64le")) ||
              (tag.get("@model") == "s390" && !vm.is_arch("s390x")) ||
              (one_of(tag.get("@model"), "isa|hyperv") && !vm.is_x86());
     },
     "not of this processor"},
    {"devices/watchdog", "",
     [](const Machine& vm, const Tag& tag) { return tag.get("@model") == "diag288" && !vm.is_arch("s390x"); },
     "only s390x has it"},
    {"devices/tpm", "",
     [](const Machine& vm, const Tag& tag) {
       return tag.get("@model").find("spapr") != std::string_view::npos && !vm.is_arch("ppc64|ppc64le");
     },
     "only POWER has it"},
    {"devices/iommu", "",
     [](const Machine& vm, const Tag& tag) { return tag.get("@model") == "smmuv3" && !vm.is_arch("aarch64|armv7l"); },
     "only ARM has it"},
    {"devices/iommu", "",
     [](const Machine& vm, const Tag& tag) {
       return vm.is_x86() && vm.vcpus() > kMostVcpusWithoutIommu && tag.get("@model") != "intel";
     },
     "more than 255 virtual CPUs need an Intel IOMMU"},
    {"devices/video", "model/@vram",
     [](const Machine& vm, const Tag& tag) {
       return vm.is_qemu() && !one_of(tag.get("model/@type"), "vga|qxl|vmvga|bochs");
     },
     "the model's memory cannot be set"},
    {"devices/video", "model/@vram",
     [](const Machine& vm, const Tag& tag) {
       const std::uint64_t size = number_of(tag.get("model/@vram"));
       return vm.is_qemu() && (size < 1024 || size >= kVideoMemory);
     },
     "QEMU's video cards have from 1 MiB to 4 GiB"},
    {"devices/video", "model/acceleration",
     [](const Machine& vm, const Tag& tag) { return vm.is_qemu() && tag.get("model/@type") != "virtio"; },
     "only virtio has it"},
    {"devices/video", "model/@heads",
     [](const Machine& vm, const Tag& tag) {
       return vm.is_qemu() && number_of(tag.get("model/@heads")) > 1 && !one_of(tag.get("model/@type"), "qxl|virtio");
     },
     "the model has one screen"},
    {"devices/video", "", is_foreign_video, "QEMU has no such video card"},
    {"devices/graphics", "",
     [](const Machine& vm, const Tag& tag) {
       return vm.is_qemu() && tag.get("@type") == "egl-headless" && !vm.has_device("graphics", "@type", "vnc") &&
              !vm.has_device("graphics", "@type", "spice");
     },
     "it goes with a VNC or SPICE screen"},
    {"devices/disk", "driver/@name",
     [](const Machine& vm, const Tag& tag) {
       return vm.is_qemu() && tag.has("driver/@name") && tag.get("driver/@name") != "qemu";
     },
     "QEMU has one driver, qemu"},
    {"devices/disk", "driver/@io",
     [](const Machine& vm, const Tag& tag) {
       return vm.is_qemu() && tag.get("driver/@io") == "native" && !one_of(tag.get("driver/@cache"), "none|directsync");
     },
     "native needs the cache modes none or directsync"},
    {"devices/disk", "shareable",
     [](const Machine& vm, const Tag& tag) {
       return vm.is_qemu() && tag.has("driver/@type") && tag.get("driver/@type") != "raw";
     },
     "only a raw image can be shared"},
    {"devices/disk", "serial",
     [](const Machine& vm, const Tag& tag) { return vm.is_qemu() && tag.get("target/@bus") == "sd"; },
     "a disk on this bus has none"},
    {"os", "@firmware", [](const Machine&, const Tag& os) { return !os.get("loader").empty(); },
     "the loader says which firmware"},
    {"os", "loader/@type", [](const Machine&, const Tag& os) { return os.has("@firmware"); },
     "libvirt chooses the firmware"},
    {"os", "loader/@readonly", [](const Machine&, const Tag& os) { return os.has("@firmware"); },
     "libvirt chooses the firmware"},
    {"os", "nvram", [](const Machine&, const Tag& os) { return os.get("@firmware") == "bios"; },
     "a BIOS has no variables"},
    {"os", "nvram/@template", [](const Machine&, const Tag& os) { return os.has("@firmware"); },
     "libvirt chooses the firmware"},
    {"os", "nvram", [](const Machine&, const Tag& os) { return os.get("loader/@stateless") == "yes"; },
     "a stateless firmware has no variables"},
    {"devices/*", "address", is_unfit_address, "it is a place of the machine's own devices"},
    {"os", "loader/@secure", [](const Machine& vm, const Tag&) { return !vm.is_arch("x86_64"); },
     "only x86_64 boots securely"},
    {"features/smm", "", [](const Machine& vm, const Tag&) { return !vm.is_x86(); }, "only x86 has it"},
    {"os", "bios/@useserial",
     [](const Machine& vm, const Tag&) { return !vm.has_device("serial") && !vm.has_device("console"); },
     "the VM has no serial port"},
};

// Takes what does not fit out of a VM.
class Fit {
 public:
  explicit Fit(Draft& draft) : draft_(draft) {}

  void apply(const Misfit& rule) { below(draft_.domain, rule.element, rule); }

 private:
  // Looks for the elements at the path below `parent`.
  void below(Tag& parent, std::string_view path, const Misfit& rule) {
    const std::string_view step = next_step(path);
    for (auto child = parent.children.begin(); child != parent.children.end();) {
      const auto current = child++;
      if (step != "*" && current->name != step) continue;
      if (!path.empty()) {
        const bool had = !current->children.empty();
        below(*current, path, rule);
        // An element that was there for these alone says something else without them.
        if (had && current->children.empty() && current->attributes.empty()) parent.children.erase(current);
      } else if ((rule.part.empty() || current->has(rule.part)) && rule.is(machine_, *current)) {
        take_out(parent, current, rule);
      }
    }
  }

  void take_out(Tag& parent, std::list<Tag>::iterator tag, const Misfit& rule) {
    std::string place = std::string(rule.element.substr(0, rule.element.rfind('/') + 1)) + tag->name;
    if (!rule.part.empty()) place += "/" + std::string(rule.part);
    const bool attribute = rule.part.find('@') != std::string_view::npos;
    const std::string value = attribute ? std::string(tag->get(rule.part)) : tag->xml();
    draft_.leave_out(place, tag->row ? *tag->row : *draft_.vm.row, std::string(rule.reason), value_json(place, value));
    if (rule.part.empty())
      parent.children.erase(tag);
    else
      tag->erase(rule.part);
  }

  Draft& draft_;
  Machine machine_{draft_.domain};
};

}  // namespace

void take_out_misfits(Draft& draft) {
  Fit fit(draft);
  for (const Misfit& rule : kMisfits) fit.apply(rule);
}

}  // namespace virtsql::virtumancer
