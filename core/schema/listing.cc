#include "core/schema/listing.h"

#include <algorithm>
#include <cassert>

#include "core/schema/ddl.h"
#include "core/schema/device_views.h"
#include "core/schema/everyday.h"
#include "core/schema/related.h"
#include "core/schema/view_columns.h"

namespace virtsql {
namespace {

Listed list_table(const Table& table) {
  Listed out{table.name, "table", std::string(table.doc), {}};
  for (const HousekeepingColumn& column : housekeeping_columns(table))
    out.columns.push_back({column.name, "housekeeping", "", column.doc});
  for (const auto& column : table.columns)
    out.columns.push_back(
        {column->name, std::string(type_name(column->type)), column->xml_path, std::string(column->doc)});
  for (const Computed& column : table.computed)
    if (!is_in_view_alone(column)) out.columns.push_back({column.name, "generated", "", column.doc});
  return out;
}

// The view vm_<plural> of a device table: the columns of the table and of its resource, by their names in the view.
Listed list_device_view(const Table& table) {
  Listed out{view_name(table), "writable view", std::string(table.doc), {}};
  const std::vector<HousekeepingColumn> housekeeping = housekeeping_columns(table);
  for (const ViewColumn& column : view_columns(table)) {
    if (column.column) {
      out.columns.push_back({column.name, std::string(type_name(column.column->type)), column.column->xml_path,
                             std::string(column.column->doc)});
    } else if (column.computed) {
      out.columns.push_back({column.name, "generated", "", column.computed->doc});
    } else if (column.related) {
      out.columns.push_back({column.name, "generated", "", column.related->doc});
    } else if (column.name == "host") {
      out.columns.push_back({"host", "text", "", "Name of the VM's host."});
    } else if (column.name == "vm_name") {
      out.columns.push_back({"vm_name", "text", "", "Name of the VM."});
    } else {
      const auto found = std::find_if(housekeeping.begin(), housekeeping.end(),
                                      [&](const HousekeepingColumn& each) { return each.name == column.name; });
      assert(found != housekeeping.end() && "a column of a view is of the catalog or listed there");
      out.columns.push_back({column.name, "housekeeping", "", found->doc});
    }
  }
  return out;
}

// The view vm_<table> of a table that is no device.
Listed list_related_view(const Table& table) {
  Listed out{related_view_name(table), "view", std::string(table.doc), {}};
  out.columns.push_back({"host", "text", "", "Name of the VM's host."});
  out.columns.push_back({"vm_name", "text", "", "Name of the VM."});
  out.columns.push_back({"vm_uuid", "uuid", "", "UUID of the VM."});
  for (const Column* column : table.columns)
    out.columns.push_back(
        {column->name, std::string(type_name(column->type)), column->xml_path, std::string(column->doc)});
  for (const Computed& column : table.computed) out.columns.push_back({column.name, "generated", "", column.doc});
  for (const Related& column : table.related) out.columns.push_back({column.name, "generated", "", column.doc});
  out.columns.push_back({"id", "housekeeping", "", "Key of the row."});
  return out;
}

Listed list_described(const Described& described, const char* kind) {
  Listed out{described.name, kind, described.doc, {}};
  for (const Described::Column& column : described.columns)
    out.columns.push_back({column.name, column.type, "", column.doc});
  return out;
}

// A view over all device tables. A column that comes from these tables has the same type and meaning as there.
Listed list_device_union(const DeviceView& view) {
  Listed out{view.name, "view", view.doc, {}};
  for (const DeviceView::Column& column : view.columns) {
    if (column.column)
      out.columns.push_back(
          {column.name, std::string(type_name(column.column->type)), "", std::string(column.column->doc)});
    else if (column.name == "vm_uuid")
      out.columns.push_back({column.name, "uuid", "", "UUID of the VM."});
    else if (column.name == "device_type")
      out.columns.push_back({column.name, "text", "", "Kind of device: disk, port, controller, ..."});
    else if (column.name == "attachment_id")
      out.columns.push_back({column.name, "integer", "", "Its id in its attachment table."});
    else
      out.columns.push_back({column.name, "generated", "", "The device's " + column.name + "."});
  }
  return out;
}

}  // namespace

std::vector<Listed> list_schema(const Catalog& catalog) {
  std::vector<Listed> out;
  for (const Described& view : everyday_views())
    if (view.is_everyday) out.push_back(list_described(view, "everyday"));
  for (const Table* table : catalog.tables())
    if (table->is_device()) out.push_back(list_device_view(*table));
  const auto is_internal = [](const Described& table) { return table.name.starts_with("virtsql_"); };
  for (const Described& table : fixed_tables())
    if (table.is_view && !is_internal(table)) out.push_back(list_described(table, "view"));
  for (const DeviceView& view : device_views(catalog)) out.push_back(list_device_union(view));
  for (const Table* table : tables_with_related(catalog)) out.push_back(list_related_view(*table));
  for (const Table* table : catalog.tables()) out.push_back(list_table(*table));
  for (const Described& table : fixed_tables())
    if (!table.is_view && !is_internal(table)) out.push_back(list_described(table, "table"));
  for (const Described& table : fixed_tables())
    if (is_internal(table)) out.push_back(list_described(table, "internal"));
  for (const Described& view : everyday_views())
    if (!view.is_everyday) out.push_back(list_described(view, "internal"));
  return out;
}

}  // namespace virtsql
