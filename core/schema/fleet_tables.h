// The tables of the fleet's store: those of the catalog, and those of sql/schema.sql that hosts push, as PostgreSQL has
// them.
//
// A host's tables are one of two kinds:
//
//   of a VM     its rows belong to one VM, directly (disk_attachments) or through rows that do (disk_layers). They have
//               vm_uuid, are pushed VM by VM, and their key is (vm_uuid, source_id, id).
//   of a host   all others: hosts, resources, networks, pools, with what is below them. Their key is (source_id, id),
//               and they are pushed in parts of kPartSize ids.
//
// The columns and their types are listed here once. Both the DDL (postgresql.h) and the program that pushes
// (hook/fleet/) follow this list. It does not have captures, whose columns are a list of their own, and documents,
// which are neither kind of table, nor the column `identity`, which serves only look-ups in a host's own database.
//
// Tested by tests/core/schema/fleet_tables_test.cc.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/catalog/catalog.h"

namespace virtsql {

inline constexpr std::string_view kFleetVmTable = "virtual_machines";

// The type of a column of the store.
enum class FleetType { kBigint, kSmallint, kDouble, kText, kBytea, kUuid, kJsonb };

// Returns PostgreSQL's name of the type.
std::string_view postgresql_type(FleetType type);

struct FleetColumn {
  std::string name;       // in the store; host_<name> if the store has a column <name> of its own
  std::string host_name;  // in the host's database; empty: the host has no such column
  FleetType type = FleetType::kText;
  bool looked_up = false;  // has an index of its own
};

struct FleetTable {
  std::string name;
  std::string doc;
  bool of_vm = false;
  // What a row belongs to: the column `owner_key` has the id of a row of the table `owner`. If only `owner` is empty,
  // the column has the VM's UUID. If both are empty, the row belongs to nothing.
  std::string owner;
  std::string owner_key;
  std::string resource_key;  // the column with the id of the host's resource that a row attaches; empty: there is none
  bool has_children = false;
  std::string id = "id";  // the column that tells rows apart that have the same source and VM
  // All but source_id, extra and, in a VM's table, vm_uuid.
  std::vector<FleetColumn> columns;
};

// The columns that virtual_machines has only in the store. The host computes their values when it pushes: the XML that
// the rows give, the drift, and two digests (of the VM, and of its rows in each table) by which a later push sees what
// the store has already.
inline constexpr std::string_view kPushedXml = "xml";
inline constexpr std::string_view kPushedDigest = "push_sha256";
inline constexpr std::string_view kPushedTables = "push_tables";
inline constexpr std::string_view kPushedDrift = "drift";

// A text of more bytes does not go into a column that is looked up, but into `extra`: PostgreSQL refuses a row if a
// text that it should put into an index is longer than a third of a page, 2,704 bytes with what stands around the text
// ("btree-implementation" in its manual).
inline constexpr std::size_t kLongestIndexed = 2600;

// How many ids one part of a host's table covers.
inline constexpr std::int64_t kPartSize = 256;

// Returns the columns of `captures` that a host pushes: those of sql/schema.sql in its order, without captured_at,
// which the store computes itself. All that reads or writes captures of the store follows this list:
// sql/fleet/history.sql (postgresql.cc fills in its columns), and in hook/fleet/ what pushes and what loads.
const std::vector<FleetColumn>& fleet_capture_columns();
// Returns the place of the column among them, from 0. REQUIRES: there is such a column.
int place_of_capture_column(std::string_view name);
// Returns their names in a host's own database, as SQL, with commas between.
std::string capture_columns_sql();

// Returns all tables of the store; an owner comes before the tables that it owns. Throws CatalogError if a name is too
// long for PostgreSQL.
std::vector<FleetTable> fleet_tables(const Catalog& catalog);

}  // namespace virtsql
