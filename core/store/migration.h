// Migrates a schema: compares the database's schema with the catalog's, object by object, and changes what differs.
// "Ours" are the objects that virtsql made; "others'" are those that somebody else added to the database.
//
//   1. views, triggers and indexes of ours that are not as they should be are dropped, and tables of ours that the
//      schema no longer has. A table that has rows is dropped only if the schema's number was raised
//   2. each table of ours gets the columns that it lacks. If it differs in more than that, or if it has no rows, it is
//      dropped and made anew; its rows wait in a temporary table meanwhile
//   3. what is missing is created
//   4. others' indexes and triggers on tables and views that were made anew are put back; if one of others' views,
//      triggers or foreign keys worked before and does not any more (others_objects.h), the migration is refused
//   5. `child_tables` are computed anew if the bits of the child tables meant something else
//
// No table is renamed: for each rename SQLite reads the whole schema again. The catalog alone decides what the present
// schema is, so a new column, table, index or trigger needs no line here.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/database.h"
#include "core/catalog/catalog.h"
#include "core/schema/table_text.h"
#include "core/store/first_schemas.h"
#include "core/store/schema_objects.h"

namespace virtsql {

// Plans the migration of one database, and runs it.
class Migration {
 public:
  // Plans the migration and changes nothing. `wanted` are the objects of the catalog's schema. `version` is the number
  // of the database's schema; 0: a dump has lost it, and it is taken to be the present one. All arguments must outlive
  // the object. Throws StoreError if something in the database is in the way.
  Migration(Database& database, const Catalog& catalog, const std::vector<SchemaObject>& wanted, int version);

  // Whether run() makes a table that has rows anew, or drops one.
  bool needs_copy() const;

  // The objects that are ours after run(): those of the schema, and the tables with rows (and their indexes) that the
  // schema no longer has but that stay.
  std::vector<SchemaObject> objects() const;

  // Migrates the database. REQUIRES: a write transaction on a connection with triggers and foreign keys off. Throws
  // StoreError or DatabaseError; the caller must then roll the transaction back.
  void run();

 private:
  void plan_table(const SchemaObject& wanted);
  bool has_rows(const std::string& table) const;

  // Whether the object is a table of ours that the present schema does not have, or has as a view.
  bool is_retired(const SchemaObject& object) const;
  // Whether a column that the present schema does not have was one of ours, so that it goes. It was if the database's
  // schema is one of the first and had it, or if it is in kRetiredColumns.
  bool is_retired(std::string_view table, std::string_view column) const;
  // Throws StoreError if somebody added a column to the retired table, which would go with it.
  void refuse_lost_columns(const SchemaObject& retired) const;
  // Whether the object is a retired table that stays because it has rows, or an index of one. Triggers of such a table
  // do not stay: they name objects that may have changed.
  bool stays(const SchemaObject& object) const;

  void drop(const SchemaObject& object);
  // Drops triggers before views, because DROP VIEW drops a view's triggers too. Indexes and then tables come last.
  void drop_what_is_replaced();
  void add_column(const std::string& table, const std::string& definition);
  // Drops the table and makes it anew; `rows`: it has rows, which are kept. Columns that others added stay, generated
  // ones too.
  void rebuild(const std::string& name, bool rows);
  // Turns texts in a column of numbers into the numbers that they say, or NULL if they say none. Their spelling goes
  // into the row's layout (row_sql.h), or for a resource into the layouts of its attachments.
  void make_numbers(const std::string& table, const std::string& name);
  void create_what_is_missing();
  // Whether, for some child table of `owner`, the database's trigger sets another bit than the schema's, or none.
  bool has_other_bits(const Table& owner) const;
  // Computes `child_tables` anew if has_other_bits(): the rows of a child table whose bit is missing would not be read.
  void renew_child_tables();
  void put_back(const SchemaObject& object);
  bool is_own(const SchemaObject& object) const { return own_.contains(object); }
  // Returns the objects that are not ours.
  std::vector<SchemaObject> others() const;
  void check_the_others();

  Database& database_;
  const Catalog& catalog_;
  const std::vector<SchemaObject>& wanted_;
  bool raised_;  // whether the present schema's number is higher than the database's
  int version_;
  std::vector<SchemaObject> there_;
  OwnObjects own_;
  std::optional<FirstSchema> first_;  // if the database's schema is one of the first
  std::set<std::string> kept_;        // tables with rows that the schema no longer has, and that must stay
  std::vector<std::pair<std::string, std::vector<std::string>>> added_;  // definitions of new columns, by table
  std::vector<SchemaObject> widened_;                  // tables of ours with columns that somebody else added
  std::vector<std::pair<std::string, bool>> rebuilt_;  // tables to make anew, and whether they have rows
};

}  // namespace virtsql
