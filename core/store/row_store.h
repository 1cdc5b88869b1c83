// Loads rows of the catalog's tables from SQLite, inserts them, and changes stored rows into other ones.
//
// RowStore does itself what the schema's triggers and foreign keys do for edits by hand (see core/schema/ddl.cc), so it
// works the same on a connection that has them turned off.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/base/database.h"
#include "core/catalog/catalog.h"
#include "core/rows/nesting.h"
#include "core/rows/row.h"
#include "core/store/root_state.h"
#include "core/store/row_sql.h"

namespace virtsql {

class RowStore {
 public:
  // Neither is owned; both must outlive the store. The schema must be there.
  RowStore(Database& database, const Catalog& catalog);
  ~RowStore();

  // Returns the row of the root's table with this id and everything below it, in the arena; nullptr if there is none.
  Row* load(const Element& root, std::int64_t id, Arena& arena);

  // Returns the row of a table that is no root, with everything below it, in the arena; nullptr if there is none.
  Row* load_one(const Table& table, std::int64_t id, Arena& arena);

  // Inserts a document's rows and sets their ids. Returns the root row's id. Rows that were left behind when an earlier
  // row of the root was deleted are deleted.
  std::int64_t insert(Row& root, const RootState& state);

  // Changes the stored rows of `current` (as loaded) into `wanted`, writing only what differs: rows that stay keep
  // their ids. `wanted` gets the ids.
  void change(Row& current, Row& wanted, const RootState& state);

  // Moves the root's row to another host (0: none) together with the things of a host that it attaches: a VM that moves
  // takes its disks, ports and host devices along, and shares none of them with the host that it left.
  void move(const Element& root, std::int64_t id, std::int64_t host_id);

  // Deletes the root's row with this id and everything below it, if it is there.
  void remove(const Element& root, std::int64_t id);

  // Sets the housekeeping columns of a root row.
  void set_state(const Table& table, std::int64_t id, const RootState& state);

 private:
  struct Owner {
    std::int64_t id = 0;
    std::string_view key;  // its natural key, if its rows refer to that and not to the id; else without data
    std::int64_t host_id = 0;
    std::string_view vm_uuid;  // of the VM that it is part of; without data if it is part of none
    bool moves = false;        // it comes from another host, whose things it must not go on using
  };
  static Owner owner_of(const Row& root, std::int64_t host_id);

  // While it lives, the triggers rest that keep columns equal which libvirt prints twice ({repeated},
  // core/schema/repeated.h): a document is stored as it is, even if it says two things. Does nothing on a connection
  // that has triggers off.
  class DocumentWrite {
   public:
    explicit DocumentWrite(Database& database);
    ~DocumentWrite();
    DocumentWrite(const DocumentWrite&) = delete;
    DocumentWrite& operator=(const DocumentWrite&) = delete;

   private:
    Database& database_;
    bool triggers_;
  };

  RowSql& sql(const Table& table);
  // Whether the element's rows, right below a row of the table, belong to that row or, with `of_resource`, to its
  // resource. Rows that are nested in a row of their own table belong to its owner.
  static bool belongs(const Element& element, const Table& table, bool of_resource);
  // The value for child_tables: the bits of the tables that the row's lists have rows of.
  static std::int64_t used_children(const Row& row, bool of_resource);
  static std::int64_t next_ordinal(const Table& table, std::int64_t& counter);

  // row_load.cc
  Row* read_row(Statement& statement, const Element& element, const RowSql& table, Arena& arena);
  void load_children(Row& row, const Owner& owner, Arena& arena);
  // Reads the owner's rows of the table, in their order.
  std::vector<LooseRow> read_rows(const Table& table, const Owner& owner, Arena& arena);
  void load_child_table(Row& row, const Table& table, const Owner& owner, Arena& arena);
  void load_vendor(Row& row, std::string_view vm_uuid, Arena& arena);

  // row_store.cc
  std::int64_t insert_row(Row& row, const Owner& owner, std::int64_t parent_id, std::int64_t position,
                          std::int64_t ordinal);
  bool may_have_leftovers(const Owner& owner, std::int64_t capture_id);
  void remove_leftovers(const Row& root, const Owner& owner);
  void insert_children(Row& row, const Owner& owner, bool of_resource);
  void insert_vendor(const Row& row, const Owner& owner);
  std::int64_t attach_resource(Row& row, const Owner& owner);
  std::int64_t find_resource(const Row& row, const Owner& owner);
  std::int64_t insert_resource(Row& row, const Owner& owner);
  bool same_resource_rows(const Row& a, const Row& b) const;

  // row_change.cc
  void delete_row(Row& row);
  // Deletes the vendor_options of the row. With kYes, those stay that no document gave (kind 'kept').
  enum class Kept { kNo, kYes };
  void delete_vendor(const Row& row, Kept kept);
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
  // The id under which a resource was last found, by its table, host and values. Before it is used, find_resource()
  // checks that the resource still has these values.
  std::unordered_map<std::string, std::int64_t> found_resources_;
  // Used by change() and move(): for each wanted row, the stored row that becomes it.
  std::unordered_map<const Row*, Row*> match_;
};

}  // namespace virtsql
