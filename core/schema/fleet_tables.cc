#include "core/schema/fleet_tables.h"

#include <algorithm>
#include <cassert>

#include "core/base/letters.h"
#include "core/base/sql_quote.h"
#include "core/schema/computed.h"
#include "core/schema/ddl.h"
#include "core/schema/everyday.h"
#include "core/schema/identity.h"
#include "core/schema/sql_name.h"
#include "core/schema/view_columns.h"

namespace virtsql {
namespace {

// In bytes. PostgreSQL cuts off what is longer, and two different names can become the same.
constexpr std::size_t kLongestName = 63;
constexpr std::string_view kLongestPrefix = "put_";

FleetType type_of(Type type) {
  switch (type) {
    case Type::kFlag:
      return FleetType::kSmallint;
    case Type::kNumber:
      return FleetType::kDouble;
    default:
      return is_numeric(type) ? FleetType::kBigint : FleetType::kText;
  }
}

// The store's type for a column's definition in SQLite: INTEGER NOT NULL, TEXT COLLATE NOCASE, blob.
FleetType type_of(std::string_view definition) {
  const std::string word = lower_case(definition.substr(0, definition.find(' ')));
  if (word == "integer") return FleetType::kBigint;
  if (word == "real") return FleetType::kDouble;
  if (word == "blob") return FleetType::kBytea;
  return FleetType::kText;
}

FleetColumn column_named(const std::string& name, FleetType type) {
  const bool taken = name == "source_id" || name == "extra";
  return {taken ? "host_" + name : name, name, name == "vm_uuid" ? FleetType::kUuid : type, false};
}

const Table& root_of(const Table& table) {
  if (table.attachment) return table;
  return table.owner ? root_of(*table.owner) : table;
}

FleetTable fleet_table(const Table& table) {
  FleetTable out;
  out.name = table.name;
  out.doc = table.doc;
  out.of_vm = root_of(table).name == kFleetVmTable;
  out.has_children = !table.child_tables.empty();
  if (out.of_vm && !table.owner)
    out.owner_key = table.natural_key;
  else if (table.owner) {
    out.owner_key = table.owner_key;
    if (!out.of_vm || table.owner->name != kFleetVmTable) out.owner = table.owner->name;
  }
  if (table.resource && table.resource->host_scoped) out.resource_key = table.resource_key;
  for (const HousekeepingColumn& column : housekeeping_columns(table))
    if ((!out.of_vm || column.name != "vm_uuid") && column.name != kIdentity)
      out.columns.push_back(column_named(column.name, type_of(column.definition)));
  for (const Column* column : table.columns) {
    out.columns.push_back(column_named(column->name, type_of(column->type)));
    out.columns.back().looked_up = column->index;
  }
  for (const Computed& computed : table.computed) {
    if (is_in_view_alone(computed)) continue;
    out.columns.push_back(column_named(computed.name, type_of(computed_type(computed))));
    // People look up a host's device by its PCI address. A guest's address is much the same in every VM, so it needs no
    // index.
    out.columns.back().looked_up = !table.is_device() && computed.kind == Computed::Kind::kPciAddress;
  }
  if (out.name == kFleetVmTable) {
    out.columns.push_back({std::string(kPushedXml), "", FleetType::kText, false});
    out.columns.push_back({std::string(kPushedDigest), "", FleetType::kBytea, false});
    out.columns.push_back({std::string(kPushedTables), "", FleetType::kJsonb, false});
    out.columns.push_back({std::string(kPushedDrift), "", FleetType::kJsonb, false});
  }
  return out;
}

// The store's table for a table of sql/schema.sql.
FleetTable fixed_table(const Described& described) {
  FleetTable out;
  out.name = described.name;
  out.doc = described.doc;
  if (described.name == "vm_states") {
    out.of_vm = true;
    out.owner_key = "vm_uuid";
    out.id = "host_id";
  }
  for (const Described::Column& column : described.columns)
    if (!out.of_vm || column.name != "vm_uuid") out.columns.push_back(column_named(column.name, type_of(column.type)));
  return out;
}

bool is_pushed(const Described& table) {
  for (const std::string_view name : {"hosts", "vm_states", "vendor_options", "virtumancer_imports"})
    if (table.name == name) return true;
  return false;
}

void check_names(const FleetTable& table) {
  if (table.name.size() + kLongestPrefix.size() > kLongestName)
    throw CatalogError("table " + table.name + ": PostgreSQL takes no name of more than 63 bytes, with put_ before it");
  for (const FleetColumn& column : table.columns)
    if (column.name.size() > kLongestName)
      throw CatalogError("column " + table.name + "." + column.name +
                         ": PostgreSQL takes no name of more than 63 bytes");
}

}  // namespace

std::string_view postgresql_type(FleetType type) {
  switch (type) {
    case FleetType::kBigint:
      return "bigint";
    case FleetType::kSmallint:
      return "smallint";
    case FleetType::kDouble:
      return "double precision";
    case FleetType::kText:
      return "text";
    case FleetType::kBytea:
      return "bytea";
    case FleetType::kUuid:
      return "uuid";
    case FleetType::kJsonb:
      return "jsonb";
  }
  assert(false);
  return "text";
}

const std::vector<FleetColumn>& fleet_capture_columns() {
  static const std::vector<FleetColumn> columns = [] {
    std::vector<FleetColumn> out;
    for (const Described& table : fixed_tables())
      if (table.name == "captures")
        for (const Described::Column& column : table.columns) {
          if (column.name == "captured_at") continue;
          FleetType type = column.name == "vm_uuid" ? FleetType::kUuid : type_of(column.type);
          if (column.name == "exact") type = FleetType::kSmallint;  // 0 or 1, as the flags of the catalog's tables
          out.push_back({column.name, column.name, type, false});
        }
    assert(!out.empty() && "sql/schema.sql has the table");
    return out;
  }();
  return columns;
}

int place_of_capture_column(std::string_view name) {
  const std::vector<FleetColumn>& columns = fleet_capture_columns();
  const auto found = std::find_if(columns.begin(), columns.end(), [&](const auto& one) { return one.name == name; });
  assert(found != columns.end());
  return static_cast<int>(found - columns.begin());
}

std::string capture_columns_sql() {
  std::vector<std::string> names;
  for (const FleetColumn& column : fleet_capture_columns()) names.push_back(quote_identifier(column.host_name));
  return join(names, ", ");
}
std::vector<FleetTable> fleet_tables(const Catalog& catalog) {
  std::vector<FleetTable> out;
  for (const Described& table : fixed_tables())
    if (is_pushed(table)) out.push_back(fixed_table(table));
  for (const Table* table : catalog.tables()) out.push_back(fleet_table(*table));
  for (const FleetTable& table : out) check_names(table);
  return out;
}

}  // namespace virtsql
