// Taking over a database of virtumancer.
#pragma once

#include <cstdint>
#include <string>

#include "core/store/store.h"

namespace virtsql {

// Takes the hosts, networks, pools, volumes, snapshots and VMs of the virtumancer database over, VMs as managed ones,
// in one savepoint; the source is only read. What was inferred, defaulted or left out is in virtumancer_imports, and
// what has no column in vendor_options (kind `kept`). What is there already, from an earlier import or from libvirt,
// stays as it is. Gives the number of VMs that are new. Throws StoreError or DatabaseError with nothing changed.
std::int64_t import_virtumancer(Store& store, const std::string& path);

}  // namespace virtsql
