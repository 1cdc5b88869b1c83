// A VM made like another one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/database.h"
#include "core/catalog/catalog.h"
#include "core/store/row_store.h"

namespace virtsql {

// Makes a managed VM like the one with the id, and gives its UUID. It has a UUID and MAC addresses of its own, and none
// of the other values that only one VM may have (the catalog's {own}). Throws StoreError if the name is empty or the
// host has a VM of that name.
std::string clone_vm(Database& database, const Catalog& catalog, RowStore& rows, std::int64_t vm_id,
                     std::string_view new_name);

}  // namespace virtsql
