// The columns that the database computes from stored ones: bytes of sizes, PCI addresses, JSON objects and arrays,
// members of JSON.
#pragma once

#include "core/catalog/draft.h"
#include "core/catalog/resolve.h"

namespace virtsql {

// Adds the computed columns that lines ask for to their tables. Throws CatalogError if an element lacks what its column
// is made of: attributes for as_json, a slot for {pci}.
void add_computed(CatalogStorage& storage, const Pending& pending, const ColumnDrafts& columns);

}  // namespace virtsql
