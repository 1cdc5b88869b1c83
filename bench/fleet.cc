#include "bench/fleet.h"

#include <cstdio>

namespace virtsql::bench {
namespace {

struct Flavour {
  std::uint64_t share;  // percent
  std::uint64_t memory_gib;
  std::size_t vcpus;
  std::size_t disks, more_disks;  // the least number, and how many more there can be
  std::size_t nics, more_nics;
};
// Most VMs of a cloud are small; a few databases and appliances have dozens of devices.
constexpr Flavour kFlavours[] = {
    {45, 2, 1, 1, 0, 1, 0},  {30, 4, 2, 1, 1, 1, 0},     {15, 16, 4, 2, 3, 1, 1},
    {8, 64, 16, 4, 8, 2, 2}, {2, 256, 32, 20, 20, 4, 4},
};
constexpr const char* kRoles[] = {"web", "app", "db", "cache", "build", "queue", "mail", "desktop"};
// The PCI buses of the two GPUs in servers of three generations. host_pci() derives the network card's bus from them.
constexpr unsigned kGpuBuses[][2] = {{0x3B, 0xD8}, {0x17, 0xCA}, {0x41, 0xC1}};
constexpr const char* kCaches[] = {"none", "writeback", "writethrough", "directsync"};

template <typename... Values>
void print(std::string& out, const char* format, Values... values) {
  char line[512];
  const int size = std::snprintf(line, sizeof line, format, values...);
  out.append(line, static_cast<std::size_t>(size));
}

}  // namespace

FleetVm::FleetVm(std::uint64_t seed, std::size_t index) : index_(index), random_(seed * 1000003 + index) {
  std::uint64_t dice = below(100);
  const Flavour* flavour = kFlavours;
  while (dice >= flavour->share) dice -= flavour++->share;
  print(name_, "%s-%06zu", kRoles[below(std::size(kRoles))], index);
  const std::uint64_t high = random_();
  const std::uint64_t low = random_();
  print(uuid_, "%08x-%04x-4%03x-a%03x-%012llx", static_cast<unsigned>(high >> 32U),
        static_cast<unsigned>(high >> 16U & 0xFFFFU), static_cast<unsigned>(high & 0xFFFU),
        static_cast<unsigned>(low >> 52U), static_cast<unsigned long long>(low & 0xFFFFFFFFFFFFULL));
  memory_kib_ = flavour->memory_gib << 20U;
  vcpus_ = flavour->vcpus;
  nics_ = flavour->nics + below(flavour->more_nics + 1);
  // Two VMs of each host have a GPU, two others a virtual function of the host's network card.
  if (index % 20 == 0) passthrough_ = Passthrough::kGpu;
  if (index % 20 == 7) passthrough_ = Passthrough::kVirtualFunction;
  caches_.resize(flavour->disks + below(flavour->more_disks + 1));
  for (std::string& cache : caches_) cache = kCaches[below(2)];
}

bool FleetVm::advance() {
  if (below(10) != 0) return false;
  switch (below(3)) {
    case 0:
      medium_ = !medium_;
      break;
    case 1:
      memory_kib_ += 1048576;
      break;
    default: {
      std::string& cache = caches_[below(caches_.size())];
      cache = cache == kCaches[2] ? kCaches[3] : kCaches[2];
    }
  }
  return true;
}

std::string FleetVm::mac(std::size_t nic) const {
  std::string out;
  print(out, "52:54:%02zx:%02zx:%02zx:%02zx", nic, index_ >> 16U & 0xFFU, index_ >> 8U & 0xFFU, index_ & 0xFFU);
  return out;
}

std::string FleetVm::image(std::size_t disk) const {
  return "/var/lib/libvirt/images/" + name_ + "-" + std::to_string(disk) + ".qcow2";
}

std::string FleetVm::host() const {
  std::string out;
  print(out, "kvm%04zu", index_ / kVmsPerHost + 1);
  return out;
}

FleetVm::PciAddress FleetVm::host_pci() const {
  const unsigned* buses = kGpuBuses[index_ / kVmsPerHost % std::size(kGpuBuses)];
  const auto second = static_cast<unsigned>(index_ % kVmsPerHost >= kVmsPerHost / 2);
  if (passthrough_ == Passthrough::kGpu) return {buses[second], 0, 0};
  return {buses[0] + 0x20, 2, second};
}

std::string FleetVm::host_pci_address() const {
  std::string out;
  const PciAddress at = host_pci();
  if (passthrough_ != Passthrough::kNone) print(out, "0000:%02x:%02x.%x", at.bus, at.slot, at.function);
  return out;
}

std::string FleetVm::xml(std::string_view type) const {
  std::string out;
  const auto memory = static_cast<unsigned long long>(memory_kib_);
  print(out, "<domain type='%s'>\n  <name>%s</name>\n  <uuid>%s</uuid>\n", std::string(type).c_str(), name_.c_str(),
        uuid_.c_str());
  print(out,
        "  <memory unit='KiB'>%llu</memory>\n  <currentMemory unit='KiB'>%llu</currentMemory>\n"
        "  <vcpu placement='static'>%zu</vcpu>\n",
        memory, memory, vcpus_);
  out +=
      "  <os>\n    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n    <boot dev='hd'/>\n  </os>\n"
      "  <features>\n    <acpi/>\n    <apic/>\n  </features>\n"
      "  <cpu mode='host-passthrough' check='none' migratable='on'/>\n"
      "  <clock offset='utc'>\n    <timer name='rtc' tickpolicy='catchup'/>\n    <timer name='pit' "
      "tickpolicy='delay'/>\n"
      "    <timer name='hpet' present='no'/>\n  </clock>\n"
      "  <on_poweroff>destroy</on_poweroff>\n  <on_reboot>restart</on_reboot>\n  <on_crash>destroy</on_crash>\n"
      "  <pm>\n    <suspend-to-mem enabled='no'/>\n    <suspend-to-disk enabled='no'/>\n  </pm>\n"
      "  <devices>\n    <emulator>/usr/bin/qemu-system-x86_64</emulator>\n";
  unsigned bus = 0;
  const auto pci = [&](unsigned on) {
    print(out, "      <address type='pci' domain='0x0000' bus='0x%02x' slot='0x00' function='0x0'/>\n", on);
  };
  for (std::size_t i = 0; i < caches_.size(); ++i) {
    const std::string suffix =
        i < 26 ? std::string(1, static_cast<char>('a' + i)) : std::string("a") + static_cast<char>('a' + i - 26);
    print(out,
          "    <disk type='file' device='disk'>\n      <driver name='qemu' type='qcow2' cache='%s' discard='unmap'/>\n"
          "      <source file='%s'/>\n      <target dev='vd%s' bus='virtio'/>\n",
          caches_[i].c_str(), image(i).c_str(), suffix.c_str());
    pci(++bus);
    out += "    </disk>\n";
  }
  out += "    <disk type='file' device='cdrom'>\n      <driver name='qemu' type='raw'/>\n";
  if (medium_) out += "      <source file='/var/lib/libvirt/images/install.iso'/>\n";
  out +=
      "      <target dev='sda' bus='sata'/>\n      <readonly/>\n"
      "      <address type='drive' controller='0' bus='0' target='0' unit='0'/>\n    </disk>\n";
  const unsigned first_nic = bus;
  bus += static_cast<unsigned>(nics_);
  const unsigned balloon = ++bus, rng = ++bus, usb = ++bus, serial = ++bus,
                 hostdev = passthrough_ == Passthrough::kNone ? 0 : ++bus;
  out += "    <controller type='usb' index='0' model='qemu-xhci'>\n";
  pci(usb);
  out +=
      "    </controller>\n    <controller type='sata' index='0'>\n"
      "      <address type='pci' domain='0x0000' bus='0x00' slot='0x1f' function='0x2'/>\n    </controller>\n"
      "    <controller type='pci' index='0' model='pcie-root'/>\n";
  for (unsigned port = 1; port <= bus; ++port) {
    print(out,
          "    <controller type='pci' index='%u' model='pcie-root-port'>\n      <model name='pcie-root-port'/>\n"
          "      <target chassis='%u' port='0x%x'/>\n",
          port, port, port + 15);
    print(out, "      <address type='pci' domain='0x0000' bus='0x00' slot='0x%02x' function='0x%x'%s/>\n",
          2 + (port - 1) / 8, (port - 1) % 8, (port - 1) % 8 == 0 ? " multifunction='on'" : "");
    out += "    </controller>\n";
  }
  out += "    <controller type='virtio-serial' index='0'>\n";
  pci(serial);
  out += "    </controller>\n";
  for (std::size_t i = 0; i < nics_; ++i) {
    print(out,
          "    <interface type='bridge'>\n      <mac address='%s'/>\n      <source bridge='br%zu'/>\n"
          "      <model type='virtio'/>\n",
          mac(i).c_str(), i);
    pci(first_nic + static_cast<unsigned>(i) + 1);
    out += "    </interface>\n";
  }
  const auto source_address = [&] {
    const PciAddress at = host_pci();
    print(out, "domain='0x0000' bus='0x%02x' slot='0x%02x' function='0x%x'/>\n      </source>\n", at.bus, at.slot,
          at.function);
  };
  if (passthrough_ == Passthrough::kVirtualFunction) {
    print(out,
          "    <interface type='hostdev' managed='yes'>\n      <mac address='%s'/>\n      <source>\n"
          "        <address type='pci' ",
          mac(nics_).c_str());
    source_address();
    out += "      <vlan>\n        <tag id='42'/>\n      </vlan>\n";
    pci(hostdev);
    out += "    </interface>\n";
  }
  out +=
      "    <serial type='pty'>\n      <target type='isa-serial' port='0'>\n        <model name='isa-serial'/>\n"
      "      </target>\n    </serial>\n    <console type='pty'>\n      <target type='serial' port='0'/>\n    "
      "</console>\n"
      "    <channel type='unix'>\n      <target type='virtio' name='org.qemu.guest_agent.0'/>\n"
      "      <address type='virtio-serial' controller='0' bus='0' port='1'/>\n    </channel>\n"
      "    <input type='tablet' bus='usb'>\n      <address type='usb' bus='0' port='1'/>\n    </input>\n"
      "    <input type='mouse' bus='ps2'/>\n    <input type='keyboard' bus='ps2'/>\n"
      "    <graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'>\n"
      "      <listen type='address' address='127.0.0.1'/>\n    </graphics>\n    <audio id='1' type='none'/>\n"
      "    <video>\n      <model type='vga' vram='16384' heads='1' primary='yes'/>\n"
      "      <address type='pci' domain='0x0000' bus='0x00' slot='0x01' function='0x0'/>\n    </video>\n";
  if (passthrough_ == Passthrough::kGpu) {
    out += "    <hostdev mode='subsystem' type='pci' managed='yes'>\n      <source>\n        <address ";
    source_address();
    pci(hostdev);
    out += "    </hostdev>\n";
  }
  out += "    <memballoon model='virtio'>\n";
  pci(balloon);
  out += "    </memballoon>\n    <rng model='virtio'>\n      <backend model='random'>/dev/urandom</backend>\n";
  pci(rng);
  out += "    </rng>\n  </devices>\n</domain>\n";
  return out;
}

}  // namespace virtsql::bench
