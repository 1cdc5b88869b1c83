// The views over the devices of all kinds: attachment_indices, device_addresses, device_aliases.
//
// They are views, not tables that triggers maintain: so they always agree with the attachment tables, and an insert
// costs nothing more.
#pragma once

#include <string>
#include <vector>

#include "core/catalog/catalog.h"

namespace virtsql {

// A view over the devices of all kinds, one row for each device that has what the view shows (an address, an alias).
struct DeviceView {
  struct Column {
    std::string name;
    const virtsql::Column* column = nullptr;  // a device table's column, for type and meaning; nullptr: made here
  };
  std::string name;
  std::string doc;
  std::vector<Column> columns;
};

// Returns attachment_indices, device_addresses and device_aliases, in this order.
std::vector<DeviceView> device_views(const Catalog& catalog);

// Whether the column is the JSON of a device's address. Only the view device_addresses computes it; the views
// vm_<plural> read it there.
bool is_of_address(const Computed& computed);

// Returns CREATE VIEW for each of device_views().
std::string device_views_ddl(const Catalog& catalog);

}  // namespace virtsql
