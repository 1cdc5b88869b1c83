// Changes stored rows into other rows. Rows that stay keep their ids, and only what differs is written.
#include <algorithm>
#include <cassert>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/sql_quote.h"
#include "core/rows/match.h"
#include "core/rows/meaning.h"
#include "core/store/row_store.h"

namespace virtsql {
namespace {

bool same(std::string_view a, std::string_view b) { return (a.data() == nullptr) == (b.data() == nullptr) && a == b; }

bool same_values(const Row& a, const Row& b, const Table& table) {
  return std::all_of(table.columns.begin(), table.columns.end(),
                     [&](const auto& column) { return same(a.get(*column), b.get(*column)); });
}

bool same_vendor(const Row& a, const Row& b) {
  const VendorItem* x = a.vendor;
  const VendorItem* y = b.vendor;
  for (; x && y; x = x->next, y = y->next)
    if (x->kind != y->kind || x->path != y->path || x->position != y->position || x->name != y->name ||
        x->value_json != y->value_json)
      return false;
  return !x && !y;
}

bool same_rows(const Row& a, const Row& b);

bool same_lists(const Row& a, const Row& b, std::size_t slot) {
  const Row* x = a.children[slot].first;
  const Row* y = b.children[slot].first;
  for (; x && y; x = x->next, y = y->next)
    if (!same_rows(*x, *y)) return false;
  return !x && !y;
}

// Whether two rows and all rows below them are the same apart from their ids.
bool same_rows(const Row& a, const Row& b) {
  if (a.element != b.element || a.layout != b.layout || !same_vendor(a, b)) return false;
  if (!same_values(a, b, *a.element->table)) return false;
  if (a.element->table->resource && !same_values(a, b, *a.element->table->resource)) return false;
  for (std::size_t slot = 0; slot < a.element->row_elements.size(); ++slot)
    if (!same_lists(a, b, slot)) return false;
  return true;
}

// Whether both rows use the same thing of the host, whatever else they say about it. They do if they agree in all share
// keys of the resource, and one of these is a {key} of the thing itself (a MAC address) or a path. They also do if no
// share key has a value: a thing without a name belongs to its one user. Any other source (a network disk, a device by
// its address) is named by several values together, so a row that differs in any value may mean another thing.
bool is_same_thing(const Row& a, const Row& b) {
  const Table& resource = *a.element->table->resource;
  if (!resource.host_scoped) return false;
  bool is_named = false;
  bool is_known = false;
  for (const Name& key : resource.share_keys) {
    const Column& column = *resource.find(key);
    if (!same_meaning(column, a, b)) return false;
    if (a.get(column).empty()) continue;
    is_named = true;
    is_known = is_known || column.key || column.type == Type::kPath;
  }
  return is_known || !is_named;
}

// An UPDATE of one row that writes only the columns that were set.
class RowUpdate {
 public:
  // `bind` binds the column's value to the parameter with the given number. What it refers to must outlive run().
  void set(std::string_view column, std::function<void(Statement&, int)> bind) {
    assignments_ += (values_.empty() ? "" : ", ") + quote_identifier(column) + " = ?";
    values_.push_back(std::move(bind));
  }
  // Sets the columns in which `wanted` has another value than `current`.
  void set_changed(std::span<const Column* const> columns, const Row& current, const Row& wanted) {
    for (const Column* column : columns)
      if (const std::string_view value = wanted.get(*column); !same(current.get(*column), value))
        set(column->name, [=](Statement& to, int parameter) { bind_value(to, parameter, *column, value); });
  }
  void set_int(std::string_view column, std::int64_t value) {
    set(column, [=](Statement& to, int parameter) { to.bind_int(parameter, value); });
  }

  // Updates the row with this id in the table of `updates`. Does nothing if no column was set. Throws DatabaseError.
  void run(Database& database, UpdateSql& updates, std::int64_t id) const {
    if (values_.empty()) return;
    updates.run(database, assignments_, id, [this](Statement& statement) {
      int parameter = 1;
      for (const auto& bind : values_) bind(statement, parameter++);
    });
  }

 private:
  std::string assignments_;
  std::vector<std::function<void(Statement&, int)>> values_;
};

}  // namespace

bool RowStore::same_resource_rows(const Row& a, const Row& b) const {
  for (std::size_t slot = 0; slot < a.element->row_elements.size(); ++slot)
    if (a.element->row_elements[slot]->of_resource && !same_lists(a, b, slot)) return false;
  return true;
}

void RowStore::delete_row(Row& row) {
  const Table& table = *row.element->table;
  for_each_child(row, false, [&](Row& child) { delete_row(child); });
  {
    Use statement(database_.prepared("DELETE FROM " + quote_identifier(table.name) + " WHERE id = ?1"));
    statement->bind_int(1, row.id);
    statement->run();
  }
  delete_vendor(row, Kept::kNo);
  if (row.resource_id) drop_resource(row);
}

void RowStore::delete_vendor(const Row& row, Kept kept) {
  static const std::string kAll = "DELETE FROM vendor_options WHERE owner_type = ?1 AND owner_id = ?2";
  static const std::string kOfDocument = kAll + " AND kind <> 'kept'";
  Use statement(database_.prepared(kept == Kept::kYes ? kOfDocument : kAll));
  statement->bind_text(1, row.element->table->name);
  statement->bind_int(2, row.id);
  statement->run();
}

// Deletes the row's resource and the rows below it, unless a row still attaches it.
void RowStore::drop_resource(Row& row) {
  const Table& table = *row.element->table;
  {
    Use statement(database_.prepared(sql(table).drop_resource));
    statement->bind_int(1, row.resource_id);
    statement->run();
  }
  if (sqlite3_changes(database_.handle()) == 0) return;
  for_each_child(row, true, [&](Row& child) { delete_row(child); });
}

void RowStore::remove(const Element& root, std::int64_t id) {
  Arena arena;
  if (Row* row = load(root, id, arena)) delete_row(*row);
}

// Finds which rows below `current` stay, notes them in match_, and deletes the others.
void RowStore::delete_unmatched(Row& current, Row& wanted, bool of_resource) {
  for (std::size_t slot = 0; slot < current.element->row_elements.size(); ++slot) {
    if (current.element->row_elements[slot]->of_resource != of_resource) continue;
    for (const Match& match : match_rows(current.children[slot], wanted.children[slot])) {
      if (!match.a) continue;
      if (match.b) {
        match_.emplace(match.b, match.a);
        delete_unmatched(*match.a, *match.b, false);
      } else {
        delete_row(*match.a);
      }
    }
  }
}

void RowStore::change(Row& current, Row& wanted, const RootState& state) {
  const DocumentWrite write(database_);
  match_.clear();
  delete_unmatched(current, wanted, false);
  const Table& table = *current.element->table;
  wanted.id = current.id;
  const Owner owner = owner_of(wanted, state.host_id);
  update_matched(current, wanted, owner, 0, 0, true);
  set_state(table, current.id, state);
  match_.clear();
}

void RowStore::move(const Element& root, std::int64_t id, std::int64_t host_id) {
  const DocumentWrite write(database_);
  Arena arena;
  Row* current = load(root, id, arena);
  Row* wanted = load(root, id, arena);
  assert(current && wanted);
  match_.clear();
  delete_unmatched(*current, *wanted, false);
  Owner owner = owner_of(*wanted, host_id);
  owner.moves = true;
  update_matched(*current, *wanted, owner, 0, 0, true);
  match_.clear();
  Use statement(database_.prepared("UPDATE " + quote_identifier(root.table->name) + " SET host_id = ?1 WHERE id = ?2"));
  bind_id(*statement, 1, host_id);
  statement->bind_int(2, id);
  statement->run();
}

void RowStore::update_matched(Row& current, Row& wanted, const Owner& owner, std::int64_t position,
                              std::int64_t ordinal, bool is_root_row) {
  const Table& table = *current.element->table;
  RowSql& statements = sql(table);
  wanted.id = current.id;
  if (table.resource) wanted.resource_id = resource_for(current, wanted, owner);
  RowUpdate update;
  update.set_changed(statements.columns, current, wanted);
  Arena arena;
  const std::string_view layout = statements.stored_layout(wanted, arena);
  if (!same(statements.stored_layout(current, arena), layout))
    update.set("layout", [=](Statement& to, int parameter) { to.bind_text(parameter, layout); });
  const std::int64_t child_tables = current.child_tables | used_children(wanted, false);
  if (child_tables != current.child_tables) update.set_int("child_tables", child_tables);
  const bool other_resource = wanted.resource_id != current.resource_id;
  if (other_resource)
    update.set(table.resource_key, [&](Statement& to, int parameter) { bind_id(to, parameter, wanted.resource_id); });
  const bool other_place =
      !is_root_row && (current.position != position || (!table.ordinal.empty() && current.position != ordinal));
  if (other_place && statements.position >= 0) update.set_int("position", position);
  if (other_place && !table.ordinal.empty()) update.set_int(table.ordinal, ordinal);
  update.run(database_, statements.update, current.id);
  if (other_resource && current.resource_id) drop_resource(current);
  if (!same_vendor(current, wanted)) {
    delete_vendor(current, Kept::kYes);
    insert_vendor(wanted, owner);
  }
  update_children(current, wanted, owner, false);
}

// Returns the id of the resource for the row that becomes `wanted`. The first that applies:
//   - the row's present resource, if its values and the rows below it stay the same;
//   - another stored resource that says what `wanted` says;
//   - the present resource, changed, if no other row attaches it and it is still the same thing of the host;
//   - a new resource.
// A row that moves to another host cannot keep a thing of the host that it left.
std::int64_t RowStore::resource_for(Row& current, Row& wanted, const Owner& owner) {
  const Table& resource = *current.element->table->resource;
  const bool moves = owner.moves && resource.host_scoped;
  if (!moves && same_values(current, wanted, resource) && same_resource_rows(current, wanted))
    return current.resource_id;
  if (const std::int64_t found = find_resource(wanted, owner)) return found;
  if (moves || !current.resource_id || !is_same_thing(current, wanted) || has_other_user(current))
    return insert_resource(wanted, owner);
  change_resource(current, wanted, owner);
  return current.resource_id;
}

// Whether another row attaches the row's resource.
bool RowStore::has_other_user(const Row& row) {
  Use statement(database_.prepared(sql(*row.element->table).other_user));
  statement->bind_int(1, row.resource_id);
  statement->bind_int(2, row.id);
  return statement->step();
}

// Changes the row's resource and the rows below it into those of `wanted`.
void RowStore::change_resource(Row& current, Row& wanted, const Owner& owner) {
  const Table& resource = *current.element->table->resource;
  RowUpdate update;
  update.set_changed(resource.columns, current, wanted);
  const std::int64_t child_tables = current.resource_child_tables | used_children(wanted, true);
  if (child_tables != current.resource_child_tables) update.set_int("child_tables", child_tables);
  update.run(database_, sql(*current.element->table).update_resource, current.resource_id);
  delete_unmatched(current, wanted, true);
  update_children(current, wanted, owner, true);
}

// Clears unique values that will change, so that rows can swap them.
void RowStore::free_unique_values(Row& current, const Row& wanted) {
  for (const auto& column : current.element->table->columns) {
    if (!column->unique || !current.has(*column) || same(current.get(*column), wanted.get(*column))) continue;
    Use clear(database_.prepared("UPDATE " + quote_identifier(column->table->name) + " SET " +
                                 quote_identifier(column->name) + " = NULL WHERE id = ?1"));
    clear->bind_int(1, current.id);
    clear->run();
    current.set(*column, {});
  }
}

void RowStore::update_children(Row& current, Row& wanted, const Owner& owner, bool of_resource) {
  const Table& table = *current.element->table;
  Owner own = owner;
  if (!table.is_root()) {
    own.key = {};
    own.id = of_resource ? current.resource_id : current.id;
  }
  std::int64_t ordinal = 0;
  for (std::size_t slot = 0; slot < wanted.element->row_elements.size(); ++slot) {
    const Element& element = *wanted.element->row_elements[slot];
    if (element.of_resource != of_resource) continue;
    const bool nested = element.table == &table;
    std::int64_t position = 0;
    // Ordinals are unique, so those of rows that stay are cleared first: then the rows can change places.
    if (!element.table->ordinal.empty() && current.children[slot].first && !same_lists(current, wanted, slot)) {
      Use clear(database_.prepared("UPDATE " + quote_identifier(element.table->name) + " SET " +
                                   quote_identifier(element.table->ordinal) + " = NULL WHERE " +
                                   quote_identifier(element.table->owner_key) + " = ?1"));
      clear->bind_text(1, own.key);
      clear->run();
      for (Row* row = current.children[slot].first; row; row = row->next) row->position = -1;
    }
    for (Row* row = wanted.children[slot].first; row; row = row->next)
      if (const auto found = match_.find(row); found != match_.end()) free_unique_values(*found->second, *row);
    for (Row* row = wanted.children[slot].first; row; row = row->next) {
      const std::int64_t number = next_ordinal(*element.table, ordinal);
      if (const auto found = match_.find(row); found != match_.end())
        update_matched(*found->second, *row, nested ? owner : own, position, number, false);
      else
        insert_row(*row, nested ? owner : own, nested ? current.id : 0, position, number);
      ++position;
    }
  }
}

void RowStore::set_state(const Table& table, std::int64_t id, const RootState& state) {
  std::string sql = "UPDATE " + quote_identifier(table.name) + " SET drift_details = NULL";
  for (const char* column : kStateColumns) sql += std::string(", ") + column + " = ?";
  Use statement(database_.prepared(sql + " WHERE id = ?"));
  const int last = bind_state(*statement, 1, state);
  statement->bind_int(last, id);
  statement->run();
}

}  // namespace virtsql
