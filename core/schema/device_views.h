// The views over the devices of all kinds: attachment_indices, device_addresses, device_aliases.
//
// They are views and no tables that triggers would keep: they cannot say anything else than the attachments do, and
// cost an insert nothing.
#pragma once

#include <string>
#include <vector>

#include "core/catalog/catalog.h"

namespace virtsql {

// A view over the devices of all kinds, one row for each device that has something of it.
struct DeviceView {
  struct Column {
    std::string name;
    const virtsql::Column* column = nullptr;  // of one of the tables, with type and meaning; nullptr: it is made here
  };
  std::string name;
  std::string doc;
  std::vector<Column> columns;
};

std::vector<DeviceView> device_views(const Catalog& catalog);

// Whether the column is the JSON of a device's address: said once, in device_addresses.
bool is_of_address(const Computed& computed);

// CREATE VIEW for each.
std::string device_views_ddl(const Catalog& catalog);

}  // namespace virtsql
