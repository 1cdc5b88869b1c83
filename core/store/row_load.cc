// Loads rows table by table. A table is queried only if it is {usual} or the owner's child_tables says that it may have
// rows.
#include <algorithm>
#include <cstddef>
#include <vector>

#include "core/rows/nesting.h"
#include "core/store/row_store.h"

namespace virtsql {
namespace {

std::string_view copy_text(const Statement& statement, int column, Arena& arena) {
  const std::string_view text = statement.get_text(column);
  return text.data() ? arena.copy(text) : text;
}

}  // namespace

Row* RowStore::read_row(Statement& statement, const Element& element, const RowSql& table, Arena& arena) {
  Row* row = Row::make(arena, element);
  row->id = statement.get_int(0);
  if (table.resource >= 0) row->resource_id = statement.get_int(table.resource);
  if (table.parent >= 0) row->parent_id = statement.get_int(table.parent);
  if (table.position >= 0) row->position = statement.is_null(table.position) ? -1 : statement.get_int(table.position);
  row->layout = copy_text(statement, table.layout, arena);
  int column = table.first_column;
  for (const Column* own : table.columns) row->values[own->slot] = copy_text(statement, column++, arena);
  for (const Column* own : table.resource_columns) row->values[own->slot] = copy_text(statement, column++, arena);
  take_spellings(*row, arena);
  // NULL: it is not known which child tables have rows, so all are asked.
  row->child_tables =
      table.children >= 0 && !statement.is_null(table.children) ? statement.get_int(table.children) : -1;
  if (table.children < 0) row->child_tables = 0;
  row->resource_child_tables = 0;
  if (table.resource_children >= 0)
    row->resource_child_tables =
        statement.is_null(table.resource_children) ? -1 : statement.get_int(table.resource_children);
  return row;
}

Row* RowStore::load(const Element& root, std::int64_t id, Arena& arena) {
  RowSql& table = sql(*root.table);
  // This statement stays on its row until everything is read. The statements for the rows below then share its read
  // transaction: they see one state of the database and take no locks of their own.
  Use statement(database_.prepared(table.by_id));
  statement->bind_int(1, id);
  if (!statement->step()) return nullptr;
  Row* row = read_row(*statement, root, table, arena);
  const Owner owner = owner_of(*row, 0);
  load_children(*row, owner, arena);
  load_vendor(*row, owner.vm_uuid, arena);
  return row;
}

Row* RowStore::load_one(const Table& table, std::int64_t id, Arena& arena) {
  RowSql& statements = sql(table);
  Use statement(database_.prepared(statements.by_id));  // stays on its row, as in load()
  statement->bind_int(1, id);
  if (!statement->step()) return nullptr;
  const Element* element = table.elements.front();
  if (statements.element >= 0) {
    const std::string_view name = statement->get_text(statements.element);
    for (const Element* candidate : table.elements)
      if (candidate->label == name) {
        element = candidate;
        break;
      }
  }
  Row* row = read_row(*statement, *element, statements, arena);
  Owner owner;
  owner.id = id;
  load_children(*row, owner, arena);
  load_vendor(*row, {}, arena);
  return row;
}

void RowStore::load_children(Row& row, const Owner& owner, Arena& arena) {
  const Table& table = *row.element->table;
  for (const Table* child : table.child_tables)
    if (child->may_be_in(row.child_tables)) load_child_table(row, *child, owner, arena);
  if (row.resource_id) {
    Owner resource;
    resource.id = row.resource_id;
    for (const Table* child : table.resource->child_tables)
      if (child->may_be_in(row.resource_child_tables)) load_child_table(row, *child, resource, arena);
  }
}

std::vector<LooseRow> RowStore::read_rows(const Table& table, const Owner& owner, Arena& arena) {
  RowSql& statements = sql(table);
  Use statement(database_.prepared(statements.by_owner));
  if (owner.key.data())
    statement->bind_text(1, owner.key);
  else
    statement->bind_int(1, owner.id);
  std::vector<LooseRow> rows;
  std::ptrdiff_t without_position = 0;
  while (statement->step()) {
    std::string_view name;
    if (statements.element >= 0) name = copy_text(*statement, statements.element, arena);
    rows.push_back({read_row(*statement, *table.elements.front(), statements, arena), name});
    if (statements.position >= 0 && statement->is_null(statements.position)) ++without_position;
  }
  // Rows without a position come last. SQLite gives them first.
  std::rotate(rows.begin(), rows.begin() + without_position, rows.end());
  return rows;
}

void RowStore::load_child_table(Row& row, const Table& table, const Owner& owner, Arena& arena) {
  for (const PlacedRow& placed : nest_rows(table, read_rows(table, owner, arena), row, arena)) {
    Row& child = *placed.row;
    Owner child_owner;
    child_owner.id = child.id;
    if (!table.recursive) {
      load_children(child, child_owner, arena);
      continue;
    }
    // Rows of this table that are nested in one another have all been read.
    for (const Table* grandchild : table.child_tables)
      if (grandchild != &table && grandchild->may_be_in(child.child_tables))
        load_child_table(child, *grandchild, child_owner, arena);
  }
}

namespace {

// Reads the row of vendor_options that the statement stands on. From `column` on, the statement's columns are kind,
// path, position, key and value_json.
VendorItem* read_vendor(const Statement& statement, int column, Arena& arena) {
  auto* item = arena.make<VendorItem>();
  item->kind = vendor_kind_named(statement.get_text(column));
  item->path = copy_text(statement, column + 1, arena);
  item->position = statement.get_int(column + 2);
  item->name = copy_text(statement, column + 3, arena);
  item->value_json = copy_text(statement, column + 4, arena);
  return item;
}

}  // namespace

void RowStore::load_vendor(Row& row, std::string_view vm_uuid, Arena& arena) {
  if (!vm_uuid.data()) {
    // Documents that are no VM's have few rows, so vendor_options is asked for each of them.
    for_each_row(row, [&](Row& each) {
      Use statement(database_.prepared(
          "SELECT kind, path, position, key, value_json FROM vendor_options WHERE owner_type = ?1 AND owner_id = ?2 "
          "AND kind <> 'kept' ORDER BY path, position, id"));
      statement->bind_text(1, each.element->table->name);
      statement->bind_int(2, each.id);
      while (statement->step()) each.add(read_vendor(*statement, 0, arena));
    });
    return;
  }
  Use statement(database_.prepared(
      "SELECT owner_type, owner_id, kind, path, position, key, value_json FROM vendor_options WHERE vm_uuid = ?1 "
      "AND kind <> 'kept' ORDER BY owner_type, owner_id, path, position, id"));
  statement->bind_text(1, vm_uuid);
  if (!statement->step()) return;
  std::unordered_map<std::string, Row*> owners;
  for_each_row(row,
               [&](Row& each) { owners.emplace(each.element->table->name + ":" + std::to_string(each.id), &each); });
  do {
    const auto owner = owners.find(std::string(statement->get_text(0)) + ":" + std::to_string(statement->get_int(1)));
    if (owner != owners.end()) owner->second->add(read_vendor(*statement, 2, arena));
  } while (statement->step());
}

}  // namespace virtsql
