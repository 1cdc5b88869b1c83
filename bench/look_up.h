// The look-ups that must be quick however many VMs there are: by MAC address, by image path, and by host and PCI
// address.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bench/fleet.h"
#include "core/base/database.h"

namespace virtsql::bench {

struct LookUp {
  std::string_view what;
  std::string_view sql;  // its parameters are the keys; it gives the UUID of one VM
  std::vector<std::string> keys;
  std::string expected;  // the UUID that the SQL must give
  std::string xpath;     // finds the same device in that VM's document
  // The same look-up on the JSON form of a document: the devices of this name for which this condition holds.
  std::string_view json_device;
  std::string json_condition;
  std::string host;  // the peers look only at the VMs of this host; empty: at all VMs
};

// Returns the look-ups. Each finds one VM in a fleet of `vms` VMs.
std::vector<LookUp> look_ups(std::size_t vms);

// Runs the look-up's SQL 201 times and returns the median time in milliseconds. Throws std::runtime_error if it does
// not find exactly the expected VM.
double look_up_ms(Database& database, const LookUp& look_up);

}  // namespace virtsql::bench
