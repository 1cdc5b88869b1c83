// The columns that the database computes from stored ones: bytes of sizes, PCI addresses, JSON objects, their members.
#pragma once

#include "core/catalog/draft.h"

namespace virtsql {

// Adds to the tables the columns that lines ask for. Throws CatalogError for a line whose element has not what the
// column is made of.
void add_computed(CatalogStorage& storage, const Pending& pending, const ColumnDrafts& columns);

}  // namespace virtsql
