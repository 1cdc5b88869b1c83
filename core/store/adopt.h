// Rows of what was captured before the catalog described it.
#pragma once

#include "core/base/database.h"
#include "core/catalog/catalog.h"

namespace virtsql {

// Gives each thing whose documents have the root its rows, as its newest capture says it. REQUIRES: the root's tables
// are there, and empty. Captures stay as they are: what was not known then has no `exact`.
void adopt_captures(Database& database, const Catalog& catalog, const Element& root);

}  // namespace virtsql
