// Reads the host's database for the fleet's store.
//
// Every read is one short SQLite transaction, in which what is wanted is copied to memory; the network is used after
// it. So a store that is slow or away never keeps the WAL from being checkpointed. The connection is read-only: it
// changes nothing in the database.
//
//   digests()  what there is, as digests over the rows in JSON: of each VM by table, of each part of the other tables,
//              and captures by day. It reads all rows and keeps none.
//   list()     the same without the digests of VMs and parts: for a store that has none of them.
//   read()     the rows of some VMs and parts that the store has not, with the XML that each VM's rows give, and its
//              drift.
//
// What `redact` of the configuration names never leaves the host (withheld.h).
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/base/database.h"
#include "core/schema/fleet_tables.h"
#include "core/spool/config.h"
#include "core/store/store.h"
#include "hook/fleet/batch.h"
#include "hook/fleet/withheld.h"

namespace virtsql {

// The database that pushes, and its host.
struct HostIdentity {
  std::string database_id;  // a UUID
  std::string name;         // the host's
  int schema_version = 0;
};

// The columns that a store has, by table. Empty if they are those that this program knows.
using StoreColumns = std::map<std::string, std::set<std::string>>;

class Host {
 public:
  struct Present {
    Holdings holdings;
    std::map<std::string, TableDigests> tables;  // by VM
    std::int64_t newest_seq = 0;                 // the highest captures.seq
  };
  // The VMs to read, and the table digests that the store has of each. Which tables differ is found out when the rows
  // are read, not in digests(). So what was written in between is sent too, and the VM's digest is over what the store
  // has afterwards.
  using Wanted = std::map<std::string, TableDigests>;

  // Throws DatabaseError if the database cannot be opened, StoreError if its schema is not one that this program reads.
  explicit Host(const Config& config);

  // Says who pushes. Throws StoreError if the database has no id.
  HostIdentity identity();
  // Returns digests of all that there is. Throws DatabaseError.
  Present digests();
  // Returns what digests() returns, with empty digests of VMs and parts and no tables. Throws DatabaseError.
  Present list();
  // Returns the rows of these parts, and of each VM those of the tables whose digest differs from the one in `vms`. A
  // VM that is gone is left out; a part that is gone has no rows. What `store` has no columns for goes into `extra`.
  // Throws DatabaseError.
  Batch read(const std::vector<PartKey>& parts, const Wanted& vms, const StoreColumns& store);

  Database& database() { return database_; }
  Store& store() { return store_; }
  const Withheld& withheld() const { return withheld_; }
  // The UUID by which the store knows the VM with this spelling of its UUID; empty if there is no such VM.
  std::string vm_named(std::string_view spelled) const;
  const std::vector<FleetTable>& tables() const { return tables_; }

 private:
  // How the rows of a table are read.
  struct Source {
    const FleetTable* table = nullptr;
    std::vector<FleetColumn> columns;  // that the host has, without secret ones
    std::string select;                // SELECT <VM's UUID or part>, columns FROM ..., without a condition
    std::string vm;                    // SQL for the VM's UUID in `select`
    int resource = 0;                  // the place in `select` of what the row's resource says; 0: it has none
  };
  // A VM while its rows are read. `rows` has the JSON by table.
  struct RowsOfVm {
    VmRows vm;
    std::map<std::string, std::string> rows;
  };
  Source source_of(const FleetTable& table) const;
  static std::set<std::string> unknown_columns(const FleetTable& table, const StoreColumns& store);
  static std::string placed(Statement& row, const Source& source, const std::set<std::string>& unknown,
                            const std::string& members);
  void read_parts(const std::vector<PartKey>& parts, const StoreColumns& store, Batch& out);
  void read_rows(const std::vector<std::string>& spellings, const Source& source, const StoreColumns& store,
                 std::map<std::string, RowsOfVm>& vms);
  void read_vm_names();
  void add_digests(const Source& source, Present& out);
  void add_captures(Present& out);
  std::string vm_members(const std::string& uuid, VmRows& vm);

  Withheld withheld_;
  Connection connection_;
  Database database_;
  Store store_;
  std::vector<FleetTable> tables_;
  std::vector<Source> sources_;
  std::map<std::string, std::string> vm_by_spelling_;  // the store's UUID by the host's spelling in lower case
  std::map<std::string, std::string> spelling_;        // the host's spelling by the store's UUID
};

// Returns the digest of a VM whose rows have these digests.
std::string digest_of(const TableDigests& tables);

}  // namespace virtsql
