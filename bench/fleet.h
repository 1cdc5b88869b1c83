// A made-up fleet of a cloud, the same for the same seed: VMs with names, flavours, disks and NICs in a cloud's
// proportions, and what happens to them over time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace virtsql::bench {

// SplitMix64: eight bytes of state, so that a VM is made again at any revision rather than kept.
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
  // Whether one has a device of its host, and what.
  enum class Passthrough { kNone, kGpu, kVirtualFunction };
  static constexpr std::size_t kVmsPerHost = 40;

  FleetVm(std::uint64_t seed, std::size_t index);

  // The document, in libvirt's format. `type` is the hypervisor's: kvm, or test for libvirt's test driver.
  std::string xml(std::string_view type = "kvm") const;

  // The next capture: one in ten changes something small (medium, memory, a cache mode), the others repeat what was.
  // Whether it changed.
  bool advance();
  // Something small that was never so before: another amount of memory.
  void change_memory() { memory_kib_ += 4; }

  const std::string& name() const { return name_; }
  const std::string& uuid() const { return uuid_; }
  std::string host() const;
  std::string mac(std::size_t nic) const;
  std::string image(std::size_t disk) const;
  Passthrough passthrough() const { return passthrough_; }
  // Address on its host of the device that is passed through, which other hosts have too; empty where there is none.
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
