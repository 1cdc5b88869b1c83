// The tables of the fleet's store: those of the catalog and of sql/schema.sql, as PostgreSQL has them.
//
// A host's tables are one of two kinds:
//
//   of a VM     its rows belong to one VM, directly (disk_attachments) or through rows that do (disk_layers). They have
//               vm_uuid, are pushed VM by VM, and their key is (vm_uuid, source_id, id).
//   of a host   all others: hosts, resources, networks, pools, with what is below them. Their key is (source_id, id),
//               and they are pushed in parts of kPartSize ids.
//
// Which columns there are, and of which type, is said here once: the DDL (postgresql.h) and the program that pushes
// (hook/fleet/) both go by it. captures and documents are neither kind and are not listed; nor is `identity` among the
// columns, by which a host's database finds rows of its own.
//
// Tested by tests/core/schema/fleet_tables_test.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/catalog/catalog.h"

namespace virtsql {

// What a column of the store holds.
enum class FleetType { kBigint, kSmallint, kDouble, kText, kBytea, kUuid, kJsonb };

// PostgreSQL's name of it.
std::string_view postgresql_type(FleetType type);

struct FleetColumn {
  std::string name;       // host_<name> if the store has a column of its own that is called so
  std::string host_name;  // in the host's database; empty: the host has no such column
  FleetType type = FleetType::kText;
  bool looked_up = false;  // has an index of its own
};

struct FleetTable {
  std::string name;
  std::string doc;
  bool of_vm = false;
  // How a row finds what it belongs to: `owner_key` is the owner's id, or, if `owner` is empty, the VM's UUID.
  std::string owner;
  std::string owner_key;
  std::string resource_key;  // the column with the id of the real thing that it attaches; empty: of none
  bool has_children = false;
  std::string id = "id";  // the column that tells its rows apart, besides source and VM
  // Besides source_id, vm_uuid (of a VM's tables) and extra.
  std::vector<FleetColumn> columns;
};

// The columns that the store's virtual_machines has besides the host's, made by the host: the XML that the rows give,
// the drift, and the digests (of the VM, and of its rows in each table) by which it is known what the store has.
inline constexpr std::string_view kPushedXml = "xml";
inline constexpr std::string_view kPushedDigest = "push_sha256";
inline constexpr std::string_view kPushedTables = "push_tables";
inline constexpr std::string_view kPushedDrift = "drift";

// How many ids one part of a host's table has.
inline constexpr std::int64_t kPartSize = 256;

// All of them; owners come before what they own. Throws CatalogError if a name is too long for PostgreSQL.
std::vector<FleetTable> fleet_tables(const Catalog& catalog);

}  // namespace virtsql
