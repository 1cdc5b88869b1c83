// What the views vm_<plural> show of a device: their names and columns, for the views themselves and whoever tells of
// them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/catalog/catalog.h"

namespace virtsql {

// A column of a view.
struct ViewColumn {
  enum class Kind {
    kVm,        // of the VM: host, vm_name, vm_uuid
    kElement,   // the XML element, of tables that have several
    kStored,    // of the attachment or, if `of_resource`, of the resource
    kComputed,  // the same, computed
    kRelated,   // the same, from rows of other tables
    kPlace,     // position and ordinal
    kKey,       // the ids of the attachment and of its resource
  };
  std::string name;  // in the view
  Kind kind = Kind::kVm;
  bool of_resource = false;
  std::string in_table;  // its name in the table
  const Column* column = nullptr;
  const Computed* computed = nullptr;
  const Related* related = nullptr;
};

// The view's columns in order: what says which device it is, then what people look for first (what identifies it,
// model, source), then the rest as libvirt writes it, then what is computed, housekeeping last.
std::vector<ViewColumn> view_columns(const Table& device);

// The view of a device table: vm_disks for disk_attachments.
std::string view_name(const Table& device);

// The device table that has the view; nullptr if there is none.
const Table* table_of_view(const Catalog& catalog, std::string_view view);

// What the view calls a column of the device's resource: its name, behind the resource's if the device has one of it
// too.
std::string shown_in_view(const Table& device, const std::string& resource_column);

// Whether a computed column has no place in its table, only in the view: JSON of devices, which nobody looks up.
bool is_in_view_alone(const Computed& computed);

}  // namespace virtsql
