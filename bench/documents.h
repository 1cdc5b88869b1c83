// The documents that import and generation are measured on.
#pragma once

#include <string>
#include <vector>

#include "bench/row.h"

namespace virtsql::bench {

struct Documents {
  std::string name;
  std::vector<std::string> texts;  // each of a VM of its own, and taken by libvirt's test driver

  double count() const { return static_cast<double>(texts.size()); }
  // How many of what size, for a table.
  std::string about() const;
};

// VMs of a fleet, the large ones of a fleet, and the corpus where there is one.
const std::vector<Documents>& document_sets(const Options& options);

}  // namespace virtsql::bench
