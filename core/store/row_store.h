// Rows of the catalog's tables in SQLite: loading, inserting, and changing what is there into what shall be there.
//
// What the schema's triggers and foreign keys do for whoever edits rows by hand (see core/schema/ddl.cc), this does
// itself: it works the same on a connection that has them turned off.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/base/database.h"
#include "core/catalog/catalog.h"
#include "core/rows/row.h"
#include "core/store/row_sql.h"

namespace virtsql {

// The housekeeping values of a virtual_machines row that the writer sets.
struct VmState {
  std::int64_t host_id = 0;
  std::string_view source;       // imported or managed
  std::string_view sync_status;  // UNKNOWN, SYNCED or DRIFTED
  std::int64_t capture_id = 0;
  std::string_view rows_sha256;  // 32 bytes
};

class RowStore {
 public:
  // Neither is owned; both must outlive the store. The schema must be there.
  RowStore(Database& database, const Catalog& catalog);
  ~RowStore();

  // The row of the root's table with this id and everything below it, in the arena; nullptr where there is none.
  Row* load(const Element& root, std::int64_t id, Arena& arena);

  // The row of a table that is no root, with everything below it; nullptr where there is none.
  Row* load_one(const Table& table, std::int64_t id, Arena& arena);

  // Inserts a document's rows; their ids are set. Returns the root row's id.
  std::int64_t insert(Row& root, const VmState& state);

  // Changes the stored rows of `current` (as loaded) into `wanted`, writing only what differs: rows that stay keep
  // their ids. `wanted` gets the ids.
  void change(Row& current, Row& wanted, const VmState& state);

  // Makes the things of the root's row those of another host: a VM that moves takes its disks, ports and host devices
  // along, and shares nothing with the host that it left.
  void move(const Element& root, std::int64_t id, std::int64_t host_id);

  // Deletes the root's row with this id and everything below it, if it is there.
  void remove(const Element& root, std::int64_t id);

  // Sets the housekeeping columns of a root row.
  void set_state(const Table& table, std::int64_t id, const VmState& state);

 private:
  struct Owner {
    std::int64_t id = 0;
    std::string_view key;  // its natural key, where its rows refer to that; else without data
    std::int64_t host_id = 0;
    std::string_view vm_uuid;  // of the VM that it is part of; without data where it is of none
    bool moves = false;        // from another host, whose things are not this one's
  };
  static Owner owner_of(const Row& root, std::int64_t host_id);

  // While it lives, the schema's triggers that keep alike what libvirt says twice ({repeated}, core/schema/repeated.h)
  // rest: a document is stored as it says it. Costs nothing on a connection that has triggers off.
  class DocumentWrite {
   public:
    explicit DocumentWrite(Database& database);
    ~DocumentWrite();
    DocumentWrite(const DocumentWrite&) = delete;
    DocumentWrite& operator=(const DocumentWrite&) = delete;

   private:
    Database& database_;
    int triggers_ = 0;
  };

  RowSql& sql(const Table& table);
  // The bits of the child tables that have rows in the row's lists.
  static std::int64_t used_children(const Row& row, bool of_resource);
  static std::int64_t next_ordinal(const Table& table, std::int64_t& counter);

  // row_load.cc
  Row* read_row(Statement& statement, const Element& element, const RowSql& table, Arena& arena);
  void load_children(Row& row, const Owner& owner, Arena& arena);
  void load_child_table(Row& row, const Table& table, const Owner& owner, Arena& arena);
  void load_vendor(Row& row, std::string_view vm_uuid, Arena& arena);

  // row_store.cc
  std::int64_t insert_row(Row& row, const Owner& owner, std::int64_t parent_id, std::int64_t position,
                          std::int64_t ordinal);
  void insert_children(Row& row, const Owner& owner, bool of_resource);
  void insert_vendor(const Row& row, const Owner& owner);
  std::int64_t attach_resource(Row& row, const Owner& owner);
  std::int64_t find_resource(const Row& row, const Owner& owner);
  std::int64_t insert_resource(Row& row, const Owner& owner);
  bool same_resource_rows(const Row& a, const Row& b) const;

  // row_change.cc
  void delete_row(Row& row);
  void delete_vendor(const Row& row);
  void drop_resource(Row& row);
  void delete_unmatched(Row& current, Row& wanted, bool of_resource);
  std::int64_t resource_for(Row& current, Row& wanted, const Owner& owner);
  bool has_other_user(const Row& row);
  void change_resource(Row& current, Row& wanted, const Owner& owner);
  void update_matched(Row& current, Row& wanted, const Owner& owner, std::int64_t position, std::int64_t ordinal,
                      bool is_root);
  void free_unique_values(Row& current, const Row& wanted);
  void update_children(Row& current, Row& wanted, const Owner& owner, bool of_resource);

  Database& database_;
  const Catalog& catalog_;
  std::unordered_map<const Table*, std::unique_ptr<RowSql>> sql_;
  // Where a resource was last found, by its table and values. Whoever uses it looks whether it is still there.
  std::unordered_map<std::string, std::int64_t> found_resources_;
  // Of change(): which current row stays as which wanted one.
  std::unordered_map<const Row*, Row*> match_;
};

}  // namespace virtsql
