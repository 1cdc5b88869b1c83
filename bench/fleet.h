// A made-up fleet of a cloud, the same for the same seed: VMs with names, flavours, disks and NICs in a cloud's
// proportions, and what happens to them over time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace virtsql::bench {

class FleetVm {
 public:
  FleetVm(std::uint64_t seed, std::size_t index);

  // The document, in libvirt's format. `type` is the hypervisor's: kvm, or test for libvirt's test driver.
  std::string xml(std::string_view type = "kvm") const;

  // The next capture: one in ten changes something small (medium, memory, a cache mode), the others repeat what was.
  // Whether it changed.
  bool advance();
  // Something small that was never so before: another amount of memory.
  void change_memory() { memory_kib_ += 4; }

  const std::string& uuid() const { return uuid_; }
  std::string mac(std::size_t nic) const;
  std::string image(std::size_t disk) const;
  // Address on its host of the device that is passed through; empty where the VM has none.
  std::string host_pci_address() const;

 private:
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

  std::size_t index_;
  std::mt19937_64 random_;
  std::string name_;
  std::string uuid_;
  std::uint64_t memory_kib_ = 0;
  std::size_t vcpus_ = 0;
  std::size_t nics_ = 0;
  bool passthrough_ = false;
  bool medium_ = false;
  std::vector<std::string> caches_;  // one for each disk
};

}  // namespace virtsql::bench
