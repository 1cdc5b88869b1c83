#include "core/store/migration.h"

#include <algorithm>
#include <array>
#include <deque>
#include <tuple>
#include <utility>

#include "core/base/sql_quote.h"
#include "core/schema/ddl.h"
#include "core/schema/table_text.h"
#include "core/store/adopt.h"
#include "core/store/classify.h"
#include "core/store/others_objects.h"
#include "core/store/row_sql.h"
#include "core/store/schema_mark.h"
#include "core/store/store_error.h"

namespace virtsql {
namespace {

// Columns of ours that a later schema does not have. They are removed from a database whose schema has an older number.
// Every other column that the schema does not have stays, because somebody else may have added it. (The columns of
// schemas up to version 3 stand in first_schemas.h.)
struct RetiredColumn {
  std::string_view table, column;
  int version;  // kSchemaVersion of the first schema without it
};
constexpr std::array kRetiredColumns = {RetiredColumn{"hosts", "capabilities_json", 4},
                                        RetiredColumn{"hosts", "capabilities_capture_id", 4}};

struct PresentColumn {
  std::string name;
  bool is_generated;
};

// Returns the table's columns, in the table's order.
std::vector<PresentColumn> columns_of(Database& database, const std::string& table) {
  std::vector<PresentColumn> out;
  Statement statement(database.handle(), "SELECT name, hidden <> 0 FROM pragma_table_xinfo(?1, 'main')");
  statement.bind_text(1, table);
  while (statement.step()) out.push_back({std::string(statement.get_text(0)), statement.get_int(1) != 0});
  return out;
}

const PresentColumn* find_column(const std::vector<PresentColumn>& columns, std::string_view name) {
  const auto found =
      std::find_if(columns.begin(), columns.end(), [&](const PresentColumn& each) { return each.name == name; });
  return found == columns.end() ? nullptr : &*found;
}

// Returns the refusal for something of others that has the name of something of ours. `what`: with its article.
StoreError name_is_taken(const std::string& what, std::string_view way_out) {
  // The constructor is explicit, so that no braces can make it.
  return StoreError("the database has " + what +  // NOLINT(modernize-return-braced-*)
                    " that is not virtsql's, where this virtsql needs its own; " + std::string(way_out) +
                    ", then SELECT virtsql_init()");
}

}  // namespace

Migration::Migration(Database& database, const Catalog& catalog, const std::vector<SchemaObject>& wanted, int version)
    : database_(database),
      catalog_(catalog),
      wanted_(wanted),
      raised_(version != 0 && version < kSchemaVersion),
      version_(version),
      there_(read_objects(database)),
      own_(database, there_, wanted, version) {
  if (!find_object(there_, "virtsql_objects")) first_.emplace(version);
  for (const SchemaObject& object : wanted_)
    if (const SchemaObject* other = find_object(there_, object); other && !is_own(*other))
      throw name_is_taken((other->type == "index" ? "an " : "a ") + other->type + " " + other->name,
                          other->type == "table" ? "rename it" : "drop it and make it anew under another name");
  for (const SchemaObject& object : there_) {
    if (!is_retired(object)) continue;
    if (raised_ || !has_rows(object.name)) {
      refuse_lost_columns(object);
      continue;
    }
    if (const SchemaObject* other = find_object(wanted_, object.name))
      throw StoreError("the table " + object.name + " has rows, where this virtsql has a " + other->type +
                       "; nothing was done");
    kept_.insert(object.name);
  }
  for (const SchemaObject& object : wanted_)
    if (object.type == "table") plan_table(object);
}

void Migration::plan_table(const SchemaObject& wanted) {
  const SchemaObject* object = find_object(there_, wanted.name);
  if (!object || object->type != "table") return;
  const TableText before = read_table_text(object->sql);
  const TableText after = read_table_text(wanted.sql);
  std::vector<std::string> added;
  bool other = before.options != after.options || before.constraints != after.constraints;
  for (const TableText::ColumnText& column : after.columns) {
    const TableText::ColumnText* old = before.find(column.name);
    if (old && first_ && !first_->has_column(wanted.name, old->name))
      throw name_is_taken("a column " + old->name + " of " + wanted.name, "rename it");
    if (!old)
      added.push_back(column.definition);
    else if (old->definition != column.definition)
      other = true;
  }
  bool widened = false;
  for (const TableText::ColumnText& column : before.columns) {
    if (after.find(column.name)) continue;
    (is_retired(wanted.name, column.name) ? other : widened) = true;
  }
  if (widened) widened_.push_back(*object);
  if (!other && added.empty()) return;
  const bool rows = has_rows(wanted.name);
  if (other || !rows)
    rebuilt_.emplace_back(wanted.name, rows);
  else
    added_.emplace_back(wanted.name, std::move(added));
}

bool Migration::needs_copy() const {
  return std::any_of(rebuilt_.begin(), rebuilt_.end(), [](const auto& each) { return each.second; }) ||
         std::any_of(there_.begin(), there_.end(), [&](const SchemaObject& object) {
           return is_retired(object) && !stays(object) && has_rows(object.name);
         });
}

std::vector<SchemaObject> Migration::objects() const {
  std::vector<SchemaObject> out = wanted_;
  for (const SchemaObject& object : there_)
    if (stays(object)) out.push_back(object);
  return out;
}

void Migration::run() {
  OthersObjects others_work(database_, others(), widened_);
  drop_what_is_replaced();
  for (const auto& [table, columns] : added_)
    for (const std::string& column : columns) add_column(table, column);
  for (const auto& [table, rows] : rebuilt_) rebuild(table, rows);
  create_what_is_missing();
  renew_child_tables();
  if (const SchemaObject* captures = find_object(there_, "captures");
      captures && !read_table_text(captures->sql).find("kind"))
    classify_captures(database_);
  for (const Element* root : catalog_.roots())
    if (!find_object(there_, root->table->name)) adopt_captures(database_, catalog_, *root);
  check_the_others();
  others_work.check();
}

bool Migration::has_rows(const std::string& table) const {
  return database_.query_int("SELECT EXISTS (SELECT 1 FROM main." + quote_identifier(table) + ")") != 0;
}

bool Migration::is_retired(const SchemaObject& object) const {
  const SchemaObject* wanted = find_object(wanted_, object);
  return object.type == "table" && is_own(object) && (!wanted || wanted->type != "table");
}

bool Migration::is_retired(std::string_view table, std::string_view column) const {
  if (first_) return first_->has_column(table, column);
  return std::any_of(kRetiredColumns.begin(), kRetiredColumns.end(), [&](const RetiredColumn& retired) {
    return raised_ && version_ < retired.version && retired.table == table && retired.column == column;
  });
}

void Migration::refuse_lost_columns(const SchemaObject& retired) const {
  // Only of the first schemas it is known which columns their tables had.
  if (!first_) return;
  for (const TableText::ColumnText& column : read_table_text(retired.sql).columns)
    if (!first_->has_column(retired.name, column.name))
      throw cannot_be_kept("the column " + column.name + " of " + retired.name, "the table is replaced");
}

bool Migration::stays(const SchemaObject& object) const {
  return is_own(object) && kept_.contains(object.table) && (object.type == "table" || object.type == "index");
}

void Migration::drop(const SchemaObject& object) {
  database_.execute("DROP " + object.type + " main." + quote_identifier(object.name));
}

void Migration::drop_what_is_replaced() {
  for (const char* type : {"trigger", "view", "index"}) {
    for (const SchemaObject& object : there_) {
      if (object.type != type || !is_own(object) || stays(object)) continue;
      const SchemaObject* wanted = find_object(wanted_, object);
      if (!wanted || !(*wanted == object)) drop(object);
    }
  }
  for (const SchemaObject& object : there_)
    if (is_retired(object) && !stays(object)) drop(object);
}

void Migration::add_column(const std::string& table, const std::string& definition) {
  database_.execute("ALTER TABLE main." + quote_identifier(table) + " ADD COLUMN " + definition);
}

void Migration::make_numbers(const std::string& table, const std::string& name) {
  const Table* described = catalog_.find_table(table);
  const Column* column = described ? described->find(name) : nullptr;
  if (!column || !is_numeric(column->type)) return;
  const std::string quoted = quote_identifier(name);
  std::vector<std::tuple<std::int64_t, std::int64_t, std::string>> texts;
  {
    Statement find(database_.handle(), "SELECT rowid, id, " + quoted + " FROM temp.virtsql_rows WHERE typeof(" +
                                           quoted + ") NOT IN ('integer', 'real', 'null')");
    while (find.step()) texts.emplace_back(find.get_int(0), find.get_int(1), find.get_text(2));
  }
  if (texts.empty()) return;
  Statement convert(database_.handle(), "UPDATE temp.virtsql_rows SET " + quoted + " = ?1 WHERE rowid = ?2");
  std::deque<Statement> spell;
  const auto add_layout = [&](const std::string& rows, const std::string& key) {
    spell.emplace_back(database_.handle(),
                       "UPDATE " + rows +
                           " SET layout = json_patch(coalesce(layout, '{}'), json_object('#', json_object(?1, ?2))) "
                           "WHERE " +
                           key + " = ?3");
  };
  if (!described->attachment) add_layout("temp.virtsql_rows", "id");
  for (const Table* other : catalog_.tables())
    if (other->resource == described)
      add_layout("main." + quote_identifier(other->name), quote_identifier(other->resource_key));
  for (const auto& [row, id, text] : texts) {
    convert.bind_null(1);
    bind_value(convert, 1, *column, text);
    convert.bind_int(2, row);
    convert.run();
    convert.reset();
    for (Statement& statement : spell) {
      statement.bind_text(1, name);
      statement.bind_text(2, text);
      statement.bind_int(3, id);
      statement.run();
      statement.reset();
    }
  }
}

void Migration::rebuild(const std::string& name, bool rows) {
  const TableText before = read_table_text(find_object(there_, name)->sql);
  const std::string table = "main." + quote_identifier(name);
  const std::vector<PresentColumn> there = columns_of(database_, name);
  std::string columns;
  for (const PresentColumn& column : there)
    if (!column.is_generated) columns += (columns.empty() ? "" : ", ") + quote_identifier(column.name);
  // DROP TABLE drops AUTOINCREMENT's counter too. It is set again below, because it must never fall.
  std::int64_t counter = 0;
  if (find_object(there_, name)->sql.find("AUTOINCREMENT") != std::string::npos)
    counter = database_.query_int("SELECT seq FROM main.sqlite_sequence WHERE name = " + sql_literal(name));
  if (rows) database_.execute("CREATE TEMP TABLE virtsql_rows AS SELECT " + columns + " FROM " + table);
  database_.execute("DROP TABLE " + table);
  database_.execute(find_object(wanted_, name)->sql);
  const std::vector<PresentColumn> present = columns_of(database_, name);
  std::vector<std::string> kept;
  for (const PresentColumn& column : there) {
    const PresentColumn* now = find_column(present, column.name);
    if (!now) {
      const TableText::ColumnText& text = *before.find(column.name);
      if (is_retired(name, text.name)) continue;
      try {
        add_column(name, text.definition);
      } catch (const DatabaseError& error) {
        if (!is_refusal(error.code)) throw;
        throw cannot_be_kept("the column " + column.name + " of " + name, error.what());
      }
    }
    if (!column.is_generated && (!now || !now->is_generated)) kept.push_back(column.name);
  }
  if (!rows) return;
  columns.clear();
  for (const std::string& column : kept) {
    make_numbers(name, column);
    columns += (columns.empty() ? "" : ", ") + quote_identifier(column);
  }
  try {
    database_.execute("INSERT INTO " + table + " (" + columns + ") SELECT " + columns + " FROM temp.virtsql_rows");
  } catch (const DatabaseError& error) {
    if (!is_value_error(error.code)) throw;
    throw StoreError("the rows of " + name + " do not fit into its new schema (" + error.what() +
                     "); the database is as it was");
  }
  database_.execute("DROP TABLE temp.virtsql_rows");
  if (counter != 0)
    database_.execute("UPDATE main.sqlite_sequence SET seq = " + std::to_string(counter) +
                      " WHERE name = " + sql_literal(name));
}

void Migration::create_what_is_missing() {
  const std::vector<SchemaObject> now = read_objects(database_);
  for (const char* type : {"table", "index", "view", "trigger"})
    for (const SchemaObject& object : wanted_)
      if (object.type == type && !find_object(now, object)) database_.execute(object.sql);
  // Others' indexes and triggers were dropped with the tables and views that were made anew.
  for (const SchemaObject& object : others())
    if (!find_object(now, object)) put_back(object);
}

bool Migration::has_other_bits(const Table& owner) const {
  return std::any_of(owner.child_tables.begin(), owner.child_tables.end(), [&](const Table* child) {
    if (child->bit == 0 || !find_object(there_, child->name)) return false;
    const SchemaObject trigger = {"trigger", child->name + "_inserted", "", ""};
    const SchemaObject* before = find_object(there_, trigger);
    return !before || !(*before == *find_object(wanted_, trigger));
  });
}

void Migration::renew_child_tables() {
  for (const Table* owner : catalog_.tables()) {
    if (!has_other_bits(*owner)) continue;
    const std::string table = "main." + quote_identifier(owner->name);
    std::string bits = "0";
    for (const Table* child : owner->child_tables)
      if (child->bit != 0 && has_rows(child->name))
        bits += "|EXISTS(SELECT 1 FROM main." + quote_identifier(child->name) + " AS child WHERE child." +
                quote_identifier(child->owner_key) + "=" + table + "." + std::string(owner->referred_column()) + ")*" +
                std::to_string(child->bit);
    database_.execute("UPDATE " + table + " SET child_tables=" + bits);
  }
}

void Migration::put_back(const SchemaObject& object) {
  try {
    database_.execute(object.sql);
  } catch (const DatabaseError& error) {
    throw cannot_be_kept("the " + object.type + " " + object.name + " on " + object.table, error.what());
  }
}

std::vector<SchemaObject> Migration::others() const {
  std::vector<SchemaObject> out;
  for (const SchemaObject& object : there_)
    if (!is_own(object)) out.push_back(object);
  return out;
}

void Migration::check_the_others() {
  const std::vector<SchemaObject> now = read_objects(database_);
  for (const SchemaObject& object : others()) {
    const SchemaObject* kept = find_object(now, object);
    if (!kept || !(*kept == object))
      throw StoreError("the migration would change " + object.name + "; nothing was done");
  }
}

}  // namespace virtsql
