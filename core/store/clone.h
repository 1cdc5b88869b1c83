// Clones a VM in the database.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/database.h"
#include "core/catalog/catalog.h"
#include "core/store/row_store.h"

namespace virtsql {

// Inserts a managed copy of the VM with the id, on the same host, and returns its UUID. The copy has its own UUID and
// MAC addresses; every other value that only one VM may have (the catalog's {own}) is replaced or left out. Throws
// StoreError if the name is empty, libvirt refuses it, or the host has a VM of that name; RowError if no XML can
// express the copy. REQUIRES: there is a VM with the id.
std::string clone_vm(Database& database, const Catalog& catalog, RowStore& rows, std::int64_t vm_id,
                     std::string_view new_name);

}  // namespace virtsql
