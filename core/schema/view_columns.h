// The names and columns of the views vm_<plural>, for the code that makes the views and for the code that describes
// them.
#pragma once

#include <array>
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
    kComputed,  // of the same two, computed from stored columns
    kRelated,   // of the same two, from rows of other tables
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

// Columns of these names say which model a device is, the first best.
inline constexpr std::array<std::string_view, 5> kModelColumns = {"model_name", "hardware_name", "bus_type", "bus",
                                                                  "type"};

// Returns the view's columns in order: first host, VM and element; then what people look for first (what identifies the
// device, its model, its source); then the rest in libvirt's order; then what is computed; housekeeping last. Throws
// CatalogError if two columns would have the same name.
std::vector<ViewColumn> view_columns(const Table& device);

// Returns the name of a device table's view: vm_disks for disk_attachments.
std::string view_name(const Table& device);

// Returns the device table that has a view of that name; nullptr if there is none.
const Table* table_of_view(const Catalog& catalog, std::string_view view);

// Returns the name that the view gives to a column of the device's resource: the column's own name, with the resource's
// in front (disk_<name>) if the attachment table has a column of that name too.
std::string name_in_view(const Table& device, const std::string& resource_column);

// Whether a computed column is only in the view and not in the table: the JSON columns of devices, because nobody looks
// rows up by them.
bool is_in_view_alone(const Computed& computed);

}  // namespace virtsql
