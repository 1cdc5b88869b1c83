// Taking over a database of virtumancer.
#pragma once

#include <cstdint>
#include <string>

#include "core/store/store.h"

namespace virtsql {

// Takes over the hosts, networks, pools, volumes, snapshots and VMs of the virtumancer database at `path`, in one
// savepoint, and returns how many VMs are new. VMs become managed ones. The source is only read. What is in the
// database already, from an earlier import or from libvirt, stays as it is. What was inferred, defaulted or left out is
// in virtumancer_imports; what has no column is in vendor_options (kind `kept`). Throws StoreError, DatabaseError,
// xml::Error, or std::runtime_error if /etc/virtsql.conf exists and cannot be read; then nothing is changed.
std::int64_t import_virtumancer(Store& store, const std::string& path);

}  // namespace virtsql
