#include "core/schema/device_views.h"

#include <algorithm>

#include "core/schema/computed.h"
#include "core/schema/sql_name.h"

namespace virtsql {
namespace {

constexpr std::string_view kAddress = "address_";

// One SELECT, with UNION ALL between them, for each device table for which `columns` returns a text.
template <typename Columns>
std::string arms(const Catalog& catalog, Columns columns) {
  std::string out;
  for (const Table* table : catalog.tables()) {
    if (!table->is_device()) continue;
    const std::string rest = columns(*table);
    if (rest.empty()) continue;
    out += (out.empty() ? "SELECT vm_uuid," : " UNION ALL SELECT vm_uuid,") + sql_literal(table->device_type) + ",id," +
           rest;
  }
  return out;
}

std::string from(const Table& table) { return " FROM " + sql_name(table.name); }

// The address columns of all device tables, each name once, in libvirt's order.
std::vector<const Column*> address_columns(const Catalog& catalog) {
  std::vector<const Column*> out;
  for (const Table* table : catalog.tables()) {
    if (!table->is_device() || !table->find("address_type")) continue;
    for (const Column* column : table->columns)
      if (column->name.starts_with(kAddress) &&
          std::none_of(out.begin(), out.end(), [&](const Column* known) { return known->name == column->name; }))
        out.push_back(column);
  }
  return out;
}

std::string part_name(const Column& column) { return std::string(column.name.substr(kAddress.size())); }

std::string addresses_sql(const Catalog& catalog, const std::vector<const Column*>& parts) {
  return arms(catalog, [&](const Table& table) {
    if (!table.find("address_type")) return std::string();
    std::string out;
    for (const Column* part : parts) out += (table.find(part->name) ? sql_name(part->name) : "NULL") + ",";
    return out + (table.find_computed("pci_address") ? "pci_address" : "NULL") + from(table) +
           " WHERE address_type IS NOT NULL";
  });
}

// The SQL of address_json over the columns of device_addresses; empty if no device table has that column.
std::string address_json_sql(const Catalog& catalog) {
  for (const Table* table : catalog.tables())
    for (const Computed& computed : table->computed)
      if (is_of_address(computed))
        return computed_sql(computed, [](const Column& column) { return sql_name(part_name(column)); });
  return "";
}

std::string create(const DeviceView& view, const std::string& sql) {
  std::string names;
  for (const DeviceView::Column& column : view.columns) names += (names.empty() ? "" : ",") + sql_name(column.name);
  return "\n-- " + view.doc + "\nCREATE VIEW " + view.name + "(" + names + ") AS " + sql + ";\n";
}

}  // namespace

bool is_of_address(const Computed& computed) {
  return computed.name == "address_json" && computed.kind == Computed::Kind::kJsonObject &&
         computed.table->is_device() &&
         std::all_of(computed.parts.begin(), computed.parts.end(),
                     [](const Computed::Part& part) { return part.column->name.starts_with(kAddress); });
}

std::vector<DeviceView> device_views(const Catalog& catalog) {
  std::vector<DeviceView> out(3);
  for (DeviceView& view : out) view.columns = {{"vm_uuid"}, {"device_type"}, {"attachment_id"}};
  out[0].name = "attachment_indices";
  out[0].doc = "Every device of every VM, one row each.";
  out[0].columns.push_back({"device_id"});
  out[1].name = "device_addresses";
  out[1].doc = "Every device's address.";
  for (const Column* part : address_columns(catalog)) out[1].columns.push_back({part_name(*part), part});
  out[1].columns.push_back({"pci_address"});
  if (!address_json_sql(catalog).empty()) out[1].columns.push_back({"address_json"});
  out[2].name = "device_aliases";
  out[2].doc = "Every device's alias.";
  out[2].columns.push_back({"alias_name"});
  return out;
}

std::string device_views_ddl(const Catalog& catalog) {
  const std::vector<DeviceView> views = device_views(catalog);
  std::string out = create(views[0], arms(catalog, [](const Table& table) {
                             return (table.resource ? sql_name(table.resource_key) : "NULL") + from(table);
                           }));
  const std::vector<const Column*> parts = address_columns(catalog);
  if (!parts.empty()) {
    std::string names = "vm_uuid,device_type,attachment_id";
    for (const Column* part : parts) names += "," + sql_name(part_name(*part));
    const std::string json = address_json_sql(catalog);
    out += create(views[1], "WITH a(" + names + ",pci_address) AS(" + addresses_sql(catalog, parts) + ") SELECT a." +
                                names + ",pci_address" + (json.empty() ? "" : "," + json) + " FROM a");
  }
  const std::string aliases = arms(catalog, [](const Table& table) {
    return table.find("alias") ? "alias" + from(table) + " WHERE alias IS NOT NULL" : std::string();
  });
  if (!aliases.empty()) out += create(views[2], aliases);
  return out;
}

}  // namespace virtsql
