#include "core/schema/view_columns.h"

#include <algorithm>
#include <set>

namespace virtsql {
namespace {

using Kind = ViewColumn::Kind;

// What people look for first: 0 what identifies the device, 1 its model, 2 where it comes from, 3 the rest.
int rank_of(const Column& column) {
  if (column.key || column.marks->shown == "name") return 0;
  if (column.marks->shown == "model" ||
      std::find(kModelColumns.begin(), kModelColumns.end(), column.name) != kModelColumns.end())
    return 1;
  const bool is_looked_up = column.index && column.marks->live.when == LiveRule::When::kNever;
  return column.marks->shown == "source" || is_looked_up ? 2 : 3;
}

}  // namespace

std::string view_name(const Table& device) { return "vm_" + (device.resource ? device.resource->name : device.name); }

const Table* table_of_view(const Catalog& catalog, std::string_view view) {
  for (const Table* table : catalog.tables())
    if (table->is_device() && view_name(*table) == view) return table;
  return nullptr;
}

std::string name_in_view(const Table& device, const std::string& resource_column) {
  const bool taken = device.find(resource_column) || device.find_computed(resource_column);
  return taken ? singular(device.resource->name) + "_" + resource_column : resource_column;
}

bool is_in_view_alone(const Computed& computed) {
  const Table& table = *computed.table;
  const bool of_device = table.is_device() || (table.attachment && table.attachment->is_device());
  return of_device && (computed.kind == Computed::Kind::kJsonObject || computed.kind == Computed::Kind::kJsonArray);
}

std::vector<ViewColumn> view_columns(const Table& device) {
  std::vector<ViewColumn> out;
  for (const char* name : {"host", "vm_name", "vm_uuid"}) out.push_back({name, Kind::kVm, false, name});
  if (device.has_element_column()) out.push_back({"element", Kind::kElement, false, "element"});
  std::vector<const Column*> stored(device.row_columns.begin(), device.row_columns.end());
  std::stable_sort(stored.begin(), stored.end(),
                   [](const Column* a, const Column* b) { return rank_of(*a) < rank_of(*b); });
  for (const Column* column : stored) {
    const bool of_resource = device.resource && column->table == device.resource;
    out.push_back({of_resource ? name_in_view(device, column->name) : std::string(column->name), Kind::kStored,
                   of_resource, column->name, column});
  }
  for (const Computed& computed : device.computed)
    out.push_back({computed.name, Kind::kComputed, false, computed.name, nullptr, &computed});
  if (device.resource)
    for (const Computed& computed : device.resource->computed)
      out.push_back({name_in_view(device, computed.name), Kind::kComputed, true, computed.name, nullptr, &computed});
  for (const Related& related : device.related)
    out.push_back({related.name, Kind::kRelated, false, "", nullptr, nullptr, &related});
  if (device.resource)
    for (const Related& related : device.resource->related)
      out.push_back({name_in_view(device, related.name), Kind::kRelated, true, "", nullptr, nullptr, &related});
  if (!device.one_per_owner) out.push_back({"position", Kind::kPlace, false, "position"});
  if (!device.ordinal.empty()) out.push_back({device.ordinal, Kind::kPlace, false, device.ordinal});
  if (device.resource) out.push_back({device.resource_key, Kind::kKey, false, device.resource_key});
  out.push_back({"id", Kind::kKey, false, "id"});
  std::set<std::string> names;
  for (const ViewColumn& column : out)
    if (!names.insert(column.name).second)
      throw CatalogError("table " + device.name + ": its view would have two columns " + column.name);
  return out;
}

}  // namespace virtsql
