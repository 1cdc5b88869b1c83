#include "core/store/row_store.h"

#include <vector>

namespace virtsql {

RowStore::RowStore(Database& database, const Catalog& catalog) : database_(database), catalog_(catalog) {}

RowStore::~RowStore() = default;

RowStore::DocumentWrite::DocumentWrite(Database& database)
    : database_(database), triggers_(is_on(database.handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER)) {
  if (!triggers_) return;
  Use statement(database_.prepared("INSERT INTO virtsql_edit (is_document) VALUES (1)"));
  statement->run();
}

RowStore::DocumentWrite::~DocumentWrite() {
  // The result is not checked: if this fails, the transaction that set the mark fails too.
  if (triggers_) sqlite3_exec(database_.handle(), "DELETE FROM virtsql_edit", nullptr, nullptr, nullptr);
}

RowSql& RowStore::sql(const Table& table) {
  std::unique_ptr<RowSql>& slot = sql_[&table];
  if (!slot) slot = std::make_unique<RowSql>(table);
  return *slot;
}

RowStore::Owner RowStore::owner_of(const Row& root, std::int64_t host_id) {
  const Table& table = *root.element->table;
  Owner owner;
  owner.id = root.id;
  owner.host_id = host_id;
  if (!table.natural_key.empty()) owner.key = owner.vm_uuid = root.get(*table.find(table.natural_key));
  return owner;
}

bool RowStore::belongs(const Element& element, const Table& table, bool of_resource) {
  return element.of_resource == of_resource && element.table != &table;
}

std::int64_t RowStore::used_children(const Row& row, bool of_resource) {
  const Table& table = *row.element->table;
  std::int64_t bits = 0;
  for (std::size_t slot = 0; slot < row.element->row_elements.size(); ++slot) {
    const Element& child = *row.element->row_elements[slot];
    if (row.children[slot].first && belongs(child, table, of_resource)) bits |= child.table->bit;
  }
  return bits;
}

std::int64_t RowStore::next_ordinal(const Table& table, std::int64_t& counter) {
  return table.ordinal.empty() ? 0 : counter++;
}

std::int64_t RowStore::insert(Row& root, const RootState& state) {
  const Table& table = *root.element->table;
  RowSql& statements = sql(table);
  const DocumentWrite write(database_);
  Owner owner = owner_of(root, state.host_id);
  {
    Arena arena;
    InsertSql::Statement& insert = statements.insert.statement_for(root);
    Use statement(database_.prepared(insert.sql));
    int parameter = bind_state(*statement, 1, state);
    if (const std::string_view layout = statements.stored_layout(root, arena); layout.data())
      statement->bind_text(parameter, layout);
    ++parameter;
    if (statements.children >= 0) statement->bind_int(parameter++, used_children(root, false));
    for (const Column* column : insert.columns) bind_value(*statement, parameter++, *column, root.get(*column));
    statement->run();
  }
  root.id = owner.id = database_.last_insert_id();
  if (may_have_leftovers(owner, state.capture_id)) remove_leftovers(root, owner);
  insert_children(root, owner, false);
  insert_vendor(root, owner);
  return root.id;
}

// Whether rows of the root that was just inserted may be there already. They are if a program without foreign keys
// deleted an earlier row with the root's key, and no trigger deleted the others with it. Of a VM, that needs an earlier
// capture: a first import, which must be fast, costs one look-up.
bool RowStore::may_have_leftovers(const Owner& owner, std::int64_t capture_id) {
  if (!owner.key.data()) return true;
  Use known(database_.prepared("SELECT 1 FROM captures WHERE vm_uuid = ?1 AND id <> ?2"));
  known->bind_text(1, owner.key);
  known->bind_int(2, capture_id);
  return known->step();
}

void RowStore::remove_leftovers(const Row& root, const Owner& owner) {
  Arena arena;
  Row* left = Row::make(arena, *root.element);
  left->child_tables = -1;  // every child table is asked
  load_children(*left, owner, arena);
  for_each_child(*left, [&](Row& child) { delete_row(child); });
  if (!owner.key.data()) return;
  Use erase(database_.prepared("DELETE FROM vendor_options WHERE vm_uuid = ?1"));
  erase->bind_text(1, owner.key);
  erase->run();
}

std::int64_t RowStore::insert_row(Row& row, const Owner& owner, std::int64_t parent_id, std::int64_t position,
                                  std::int64_t ordinal) {
  const Table& table = *row.element->table;
  RowSql& statements = sql(table);
  if (table.resource) row.resource_id = attach_resource(row, owner);
  {
    Arena arena;
    InsertSql::Statement& insert = statements.insert.statement_for(row);
    Use statement(database_.prepared(insert.sql));
    int parameter = 1;
    if (owner.key.data())
      statement->bind_text(parameter++, owner.key);
    else
      statement->bind_int(parameter++, owner.id);
    if (statements.parent >= 0) bind_id(*statement, parameter++, parent_id);
    if (statements.resource >= 0) bind_id(*statement, parameter++, row.resource_id);
    if (statements.position >= 0) statement->bind_int(parameter++, position);
    if (!table.ordinal.empty()) statement->bind_int(parameter++, ordinal);
    if (statements.element >= 0) statement->bind_text(parameter++, row.element->label);
    if (const std::string_view layout = statements.stored_layout(row, arena); layout.data())
      statement->bind_text(parameter, layout);
    ++parameter;
    if (statements.children >= 0) statement->bind_int(parameter++, used_children(row, false));
    for (const Column* column : insert.columns) bind_value(*statement, parameter++, *column, row.get(*column));
    statement->run();
  }
  row.id = database_.last_insert_id();
  Owner own = owner;
  own.key = {};
  own.id = row.id;
  if (table.recursive) {
    // Nested rows of the same table belong to the same owner.
    for (std::size_t slot = 0; slot < row.element->row_elements.size(); ++slot) {
      if (row.element->row_elements[slot]->table != &table) continue;
      std::int64_t place = 0;
      for (Row* child = row.children[slot].first; child; child = child->next)
        insert_row(*child, owner, row.id, place++, 0);
    }
  }
  insert_children(row, own, false);
  insert_vendor(row, own);
  return row.id;
}

void RowStore::insert_children(Row& row, const Owner& owner, bool of_resource) {
  const Table& table = *row.element->table;
  std::int64_t ordinal = 0;
  for (std::size_t slot = 0; slot < row.element->row_elements.size(); ++slot) {
    const Element& element = *row.element->row_elements[slot];
    if (!belongs(element, table, of_resource)) continue;
    std::int64_t position = 0;
    for (Row* child = row.children[slot].first; child; child = child->next)
      insert_row(*child, owner, 0, position++, next_ordinal(*element.table, ordinal));
  }
}

void RowStore::insert_vendor(const Row& row, const Owner& owner) {
  for (const VendorItem* item = row.vendor; item; item = item->next) {
    Use statement(
        database_.prepared("INSERT INTO vendor_options (vm_uuid, owner_type, owner_id, kind, path, position, "
                           "namespace, key, value_json) VALUES (?1, ?2, "
                           "?3, ?4, ?5, ?6, ?7, ?8, ?9)"));
    const std::size_t colon = item->name.find(':');
    statement->bind_text(1, owner.vm_uuid);
    statement->bind_text(2, row.element->table->name);
    statement->bind_int(3, row.id);
    statement->bind_text(4, vendor_kind_name(item->kind));
    statement->bind_text(5, item->path.data() ? item->path : std::string_view(""));
    statement->bind_int(6, item->position);
    if (colon != std::string_view::npos) statement->bind_text(7, item->name.substr(0, colon));
    statement->bind_text(8, item->name.data() ? item->name : std::string_view(""));
    statement->bind_text(9, item->value_json);
    statement->run();
  }
}

namespace {

// Binds the host and values by which a resource is found. Returns the number of the next parameter.
int bind_resource(Statement& statement, const RowSql& statements, const Row& row, std::int64_t host_id) {
  int parameter = 1;
  if (statements.table->resource->host_scoped) bind_id(statement, parameter++, host_id);
  for (const Column* column : statements.resource_columns)
    bind_value(statement, parameter++, *column, row.get(*column));
  return parameter;
}

// Whether a row below the row's resource has something that no column holds. That belongs to one VM, so a resource with
// it is not shared.
bool has_vendor_below(const Row& row) {
  bool out = false;
  for_each_child(row, true,
                 [&](Row& child) { for_each_row(child, [&](const Row& each) { out = out || each.vendor; }); });
  return out;
}

// A text that is equal for resources with equal table, host and values.
std::string resource_text(const RowSql& statements, const Row& row, std::int64_t host_id) {
  std::string out = statements.table->resource->name;
  if (statements.table->resource->host_scoped) out += ' ' + std::to_string(host_id);
  for (const Column* column : statements.resource_columns) {
    out += '\0';
    if (const std::string_view value = row.get(*column); value.data()) (out += '=') += value;
  }
  return out;
}

}  // namespace

// Returns the id of a stored resource with the row's identity and the same rows below it. 0 if there is none, or if the
// rows below the row's resource hold something that belongs to one VM.
std::int64_t RowStore::find_resource(const Row& row, const Owner& owner) {
  const Table& resource = *row.element->table->resource;
  RowSql& statements = sql(*row.element->table);
  if (resource.child_tables.empty()) {
    // The VMs of a fleet have the same few models of hardware. It is cheaper to check that the resource that was found
    // last still has these values than to compute its identity and search for that.
    // Long texts are of no model, and would take memory.
    constexpr std::size_t kMost = 1000;
    constexpr std::size_t kLongest = 1000;
    if (found_resources_.size() >= kMost) found_resources_.clear();
    const std::string text = resource_text(statements, row, owner.host_id);
    std::int64_t not_remembered = 0;
    std::int64_t& found = text.size() > kLongest ? not_remembered : found_resources_[text];
    if (found) {
      Use statement(database_.prepared(statements.is_resource));
      statement->bind_int(bind_resource(*statement, statements, row, owner.host_id), found);
      if (statement->step()) return found;
    }
    Use statement(database_.prepared(statements.find_resource));
    bind_resource(*statement, statements, row, owner.host_id);
    return found = statement->step() ? statement->get_int(0) : 0;
  }
  if (has_vendor_below(row)) return 0;
  std::vector<std::int64_t> candidates;
  {
    Use statement(database_.prepared(statements.find_resource));
    bind_resource(*statement, statements, row, owner.host_id);
    while (statement->step()) candidates.push_back(statement->get_int(0));
  }
  for (const std::int64_t candidate : candidates) {
    Arena arena;
    Row* other = Row::make(arena, *row.element);
    other->resource_id = candidate;
    Owner candidate_owner;
    candidate_owner.id = candidate;
    for (const Table* child : resource.child_tables) load_child_table(*other, *child, candidate_owner, arena);
    if (same_resource_rows(row, *other)) return candidate;
  }
  return 0;
}

std::int64_t RowStore::attach_resource(Row& row, const Owner& owner) {
  const std::int64_t found = find_resource(row, owner);
  return found ? found : insert_resource(row, owner);
}

std::int64_t RowStore::insert_resource(Row& row, const Owner& owner) {
  const Table& resource = *row.element->table->resource;
  RowSql& statements = sql(*row.element->table);
  {
    InsertSql::Statement& insert = statements.insert_resource.statement_for(row);
    Use statement(database_.prepared(insert.sql));
    int parameter = 1;
    if (resource.host_scoped) bind_id(*statement, parameter++, owner.host_id);
    if (statements.resource_children >= 0) statement->bind_int(parameter++, used_children(row, true));
    for (const Column* column : insert.columns) bind_value(*statement, parameter++, *column, row.get(*column));
    statement->run();
  }
  const std::int64_t id = database_.last_insert_id();
  Owner resource_owner = owner;
  resource_owner.key = {};
  resource_owner.id = id;
  insert_children(row, resource_owner, true);
  return id;
}

}  // namespace virtsql
