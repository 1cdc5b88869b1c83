// How a schema changes: the present one is compared with the database's, object by object.
//
//   1. what is ours and not as it should be is dropped: views, triggers, indexes, and tables that the schema has no
//      more; those that have rows only if the schema's number was raised
//   2. each table of ours gets the columns that it lacks. A table whose columns are defined otherwise, or one without
//      rows, is dropped and made anew; its rows wait in a temporary table meanwhile
//   3. what is missing is created
//   4. indexes and triggers of others on tables that were made anew are put back
//   5. `child_tables` are made anew if the bits of the tables below meant something else
//
// No table is renamed: for each rename SQLite reads the whole schema again. The catalog alone decides what the present
// schema is, so a new column, table, index or trigger needs no line here.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/database.h"
#include "core/catalog/catalog.h"
#include "core/schema/table_text.h"
#include "core/store/schema_objects.h"

namespace virtsql {

// What is to be done with one database, and doing it.
class Migration {
 public:
  // Plans it; changes nothing. `wanted` are the objects of the catalog's schema and must outlive it. `version`: the
  // number that the database's schema has; 0: it was lost, and is the present one. Throws StoreError if something in
  // the database is in the way.
  Migration(Database& database, const Catalog& catalog, const std::vector<SchemaObject>& wanted, int version);

  // Whether a table that has rows is made anew, or goes.
  bool rebuilds() const;

  // What is ours afterwards: the schema, and tables with rows that it does not have any more.
  std::vector<SchemaObject> objects() const;

  // REQUIRES: a transaction that writes, without triggers and foreign keys. Throws StoreError or DatabaseError; the
  // transaction is then to be rolled back.
  void run();

 private:
  void plan_table(const SchemaObject& wanted);
  bool has_rows(const std::string& table) const;

  // Whether it is a table of ours that the present schema does not have, or has as a view.
  bool is_retired(const SchemaObject& object) const;
  // Whether a column that the present schema does not have was one of ours: of the first schemas, whose generator put
  // every name in quotes, or in the list.
  bool is_retired(std::string_view table, const TableText::ColumnText& column) const;
  // Whether it is a retired table that stays, or an index of one. Its triggers name what may have changed: they go.
  bool stays(const SchemaObject& object) const;

  void drop(const SchemaObject& object);
  // Triggers before views, whose triggers go with them, and those before indexes.
  void drop_what_is_replaced();
  void add_column(const std::string& table, const std::string& definition);
  // Columns of somebody else's stay; what is computed is not stored, and goes.
  void rebuild(const std::string& name, bool rows);
  // Texts in a column of numbers become the numbers that they say, or NULL; how they were spelled goes into the layout
  // of the row (row_sql.h), of a resource into those of its attachments.
  void make_numbers(const std::string& table, const std::string& name);
  void create_what_is_missing();
  // Whether the database's triggers set other bits for some table below this one, or none.
  bool has_other_bits(const Table& owner) const;
  // A bit that is missing would lose what the rows say.
  void renew_child_tables();
  void put_back(const SchemaObject& object);
  void check_the_others();

  Database& database_;
  const Catalog& catalog_;
  const std::vector<SchemaObject>& wanted_;
  bool raised_;  // whether the schema's number is higher than the database's
  int version_;
  std::vector<SchemaObject> there_;
  std::set<std::string> own_;
  std::set<std::string> kept_;  // tables with rows that the schema does not have any more, and which may not go
  std::vector<std::pair<std::string, std::vector<std::string>>> added_;  // definitions of columns, by table
  std::vector<std::pair<std::string, bool>> rebuilt_;                    // tables, and whether they have rows
};

}  // namespace virtsql
