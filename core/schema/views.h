// The views vm_<plural>: a VM, its attachment and the resource in one row, readable and writable.
#pragma once

#include <string>
#include <string_view>

#include "core/catalog/catalog.h"

namespace virtsql {

// The view of a device table: vm_disks for disk_attachments.
std::string view_name(const Table& device);

// The device table that has the view; nullptr if there is none.
const Table* table_of_view(const Catalog& catalog, std::string_view view);

// What the view calls a column of the device's resource: its name, behind the resource's where the device has one of it
// too.
std::string shown_in_view(const Table& device, const std::string& resource_column);

// CREATE VIEW and its INSTEAD OF triggers for every device table. An INSERT, UPDATE or DELETE on a view changes that
// one VM: a resource that would become different is not changed but replaced by one that is.
std::string views_ddl(const Catalog& catalog);

}  // namespace virtsql
