// The views of a host's schema as the fleet's store has them: every row has its source.
#pragma once

#include <string>
#include <vector>

#include "core/catalog/catalog.h"

namespace virtsql {

struct FleetView {
  std::string name;
  std::string doc;
  std::string sql;  // CREATE VIEW, with source_id as the first column
};

// Returns the views, each after the views that it reads. Throws CatalogError as fleet_query() does.
std::vector<FleetView> fleet_views(const Catalog& catalog);

}  // namespace virtsql
