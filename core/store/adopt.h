// Makes rows from captures that were stored before the catalog described their documents.
#pragma once

#include "core/base/database.h"
#include "core/catalog/catalog.h"

namespace virtsql {

// Inserts the rows of each thing whose documents have this root, from the thing's newest capture. If that capture's
// document is damaged, the thing gets no rows until its next capture. REQUIRES: the root's tables exist and are empty.
// The captures themselves are not changed, so their column `exact` stays NULL.
void adopt_captures(Database& database, const Catalog& catalog, const Element& root);

}  // namespace virtsql
