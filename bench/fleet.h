// A made-up fleet of a cloud: VMs with names, flavours, disks and NICs in the proportions of a cloud, and their changes
// over time. The same seed always gives the same fleet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace virtsql::bench {

// The SplitMix64 generator. Its state is only eight bytes, so it is cheap to make a VM again and advance it to any
// revision, and no fleet needs to be kept in memory.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t operator()() {
    std::uint64_t value = state_ += 0x9E3779B97F4A7C15ULL;
    value = (value ^ value >> 30U) * 0xBF58476D1CE4E5B9ULL;
    value = (value ^ value >> 27U) * 0x94D049BB133111EBULL;
    return value ^ value >> 31U;
  }

 private:
  std::uint64_t state_;
};

class FleetVm {
 public:
  // The device of its host that the VM has, if any.
  enum class Passthrough { kNone, kGpu, kVirtualFunction };
  static constexpr std::size_t kVmsPerHost = 40;

  FleetVm(std::uint64_t seed, std::size_t index);

  // Returns the domain document, formatted as libvirt does. `type` is the domain type: kvm, or test for libvirt's test
  // driver.
  std::string xml(std::string_view type = "kvm") const;

  // Goes to the VM's next revision. One revision in ten changes something small (medium, memory, a cache mode); the
  // others repeat the document. Returns whether this one changed it.
  bool advance();
  // Gives the VM an amount of memory that it never had before, so that its next document is a new one.
  void change_memory() { memory_kib_ += 4; }

  const std::string& name() const { return name_; }
  const std::string& uuid() const { return uuid_; }
  std::string host() const;
  std::string mac(std::size_t nic) const;
  std::string image(std::size_t disk) const;
  Passthrough passthrough() const { return passthrough_; }
  // Returns the PCI address, on the VM's host, of the device that is passed through; empty if there is none. Other
  // hosts have a device at the same address.
  std::string host_pci_address() const;

 private:
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

  struct PciAddress {
    unsigned bus, slot, function;
  };
  PciAddress host_pci() const;

  std::size_t index_;
  Random random_;
  std::string name_;
  std::string uuid_;
  std::uint64_t memory_kib_ = 0;
  std::size_t vcpus_ = 0;
  std::size_t nics_ = 0;
  Passthrough passthrough_ = Passthrough::kNone;
  bool medium_ = false;
  std::vector<std::string> caches_;  // one for each disk
};

}  // namespace virtsql::bench
