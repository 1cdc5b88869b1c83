// The look-ups that must be quick however many VMs there are: by MAC, image, and PCI address of a host.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bench/fleet.h"
#include "core/base/database.h"

namespace virtsql::bench {

struct LookUp {
  std::string_view what;
  std::string_view sql;  // its parameters are the keys; gives a VM's UUID
  std::vector<std::string> keys;
  std::string expected;  // that UUID
  std::string xpath;     // finds it in the VM's document
  // The same on the JSON form of a document: the devices of this name where this holds.
  std::string_view json_device;
  std::string json_condition;
  std::string host;  // only the VMs of this host are asked; empty: all
};

// Each finds one VM of a fleet of that many.
std::vector<LookUp> look_ups(std::size_t vms);

// Its time in milliseconds, a median. Throws where it does not find what it is to find.
double look_up_ms(Database& database, const LookUp& look_up);

}  // namespace virtsql::bench
