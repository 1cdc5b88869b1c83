#include "core/store/row_store.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "core/rows/match.h"
#include "core/rows/row_error.h"
#include "core/schema/ddl.h"
#include "core/xml/xml.h"

namespace virtsql {
namespace {

bool same(std::string_view a, std::string_view b) { return (a.data() == nullptr) == (b.data() == nullptr) && a == b; }

void bind_id(Statement& statement, int parameter, std::int64_t id) {
  if (id) statement.bind_int(parameter, id);
}

std::string_view copy_text(const Statement& statement, int column, Arena& arena) {
  const std::string_view text = statement.get_text(column);
  return text.data() ? arena.copy(text) : text;
}

constexpr std::string_view kKinds[] = {"attribute", "element", "text"};

VendorItem::Kind kind_of(std::string_view name) {
  return name == kKinds[0]   ? VendorItem::Kind::kAttribute
         : name == kKinds[1] ? VendorItem::Kind::kElement
                             : VendorItem::Kind::kText;
}

}  // namespace

std::optional<std::int64_t> canonical_integer(std::string_view text) {
  if (text.empty() || text.size() > 18) return std::nullopt;
  const std::size_t digits = text[0] == '-' ? 1 : 0;
  if (text.size() == digits || (text[digits] == '0' && text.size() > 1)) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

void bind_value(Statement& statement, int parameter, const Column& column, std::string_view value) {
  if (!value.data()) return;
  if (is_numeric(column.type)) {
    if (const auto integer = canonical_integer(value)) {
      statement.bind_int(parameter, *integer);
      return;
    }
  }
  statement.bind_text(parameter, value);
}

// The statements of one table, and where its columns are in them.
struct RowStore::TableSql {
  const Table* table = nullptr;
  std::vector<const Column*> columns;           // the table's own, in order
  std::vector<const Column*> resource_columns;  // its resource's
  CachedSql by_owner;
  CachedSql by_id;
  CachedSql insert;
  CachedSql insert_resource;
  CachedSql find_resource;
  CachedSql drop_resource;
  // The same by an indexed {key} of the resource, where the row has it: SQLite cannot know that it is the one that
  // tells.
  std::vector<std::pair<const Column*, CachedSql>> find_by_key;
  // Places in the result of select, -1 where the table has no such column.
  int position = -1, element = -1, parent = -1, resource = -1, layout = -1, children = -1, resource_children = -1,
      host = -1;
  int first_column = 0;
};

RowStore::RowStore(Database& database, const Catalog& catalog) : database_(database), catalog_(catalog) {}

RowStore::~RowStore() = default;

RowStore::TableSql& RowStore::sql(const Table& table) {
  std::unique_ptr<TableSql>& slot = sql_[&table];
  if (slot) return *slot;
  slot = std::make_unique<TableSql>();
  TableSql& out = *slot;
  out.table = &table;
  for (const auto& column : table.columns) out.columns.push_back(column);
  if (table.resource)
    for (const auto& column : table.resource->columns) out.resource_columns.push_back(column);

  std::string list = "SELECT t.id";
  int next = 1;
  const auto add = [&](const std::string& expression) {
    list += ", " + expression;
    return next++;
  };
  if (table.owner && !table.one_per_owner) out.position = add("t.position");
  if (table.has_element_column()) out.element = add("t.element");
  if (table.recursive) out.parent = add("t.parent_id");
  if (table.resource) out.resource = add("t." + quote_identifier(table.resource_key));
  out.layout = add("t.layout");
  if (table.is_root()) out.host = add("t.host_id");
  if (!table.child_tables.empty()) out.children = add("t.child_tables");
  if (table.resource && !table.resource->child_tables.empty()) out.resource_children = add("r.child_tables");
  out.first_column = next;
  for (const Column* column : out.columns) list += ", t." + quote_identifier(column->name);
  for (const Column* column : out.resource_columns) list += ", r." + quote_identifier(column->name);
  std::string select = list + " FROM " + quote_identifier(table.name) + " AS t";
  if (table.resource)
    select += " LEFT JOIN " + quote_identifier(table.resource->name) + " AS r ON r.id = t." +
              quote_identifier(table.resource_key);
  if (table.owner)
    out.by_owner = select + " WHERE t." + quote_identifier(table.owner_key) + " = ?1" +
                   (table.one_per_owner ? "" : " ORDER BY t.position, t.id");
  out.by_id = select + " WHERE t.id = ?1";

  std::string names;
  std::string marks;
  int parameters = 0;
  const auto name = [&](const std::string& column_name) {
    names += (parameters ? ", " : "") + quote_identifier(column_name);
    marks += (parameters ? ", ?" : "?") + std::to_string(parameters + 1);
    ++parameters;
  };
  if (table.owner) name(table.owner_key);
  if (table.is_root())
    for (const char* state : {"host_id", "source", "sync_status", "capture_id", "rows_sha256"}) name(state);
  if (out.parent >= 0) name("parent_id");
  if (out.resource >= 0) name(table.resource_key);
  if (out.position >= 0) name("position");
  if (!table.ordinal.empty()) name(table.ordinal);
  if (out.element >= 0) name("element");
  name("layout");
  if (out.children >= 0) name("child_tables");
  for (const Column* column : out.columns) name(column->name);
  out.insert = "INSERT INTO " + quote_identifier(table.name) + " (" + names + ") VALUES (" + marks + ")";

  if (table.resource) {
    const Table& resource = *table.resource;
    names.clear();
    marks.clear();
    parameters = 0;
    std::string conditions;
    const auto condition = [&](const std::string& column_name) {
      name(column_name);
      conditions +=
          (conditions.empty() ? "" : " AND ") + quote_identifier(column_name) + " IS ?" + std::to_string(parameters);
    };
    if (resource.host_scoped) condition("host_id");
    for (const Column* column : out.resource_columns) condition(column->name);
    if (!resource.child_tables.empty()) name("child_tables");
    out.insert_resource = "INSERT INTO " + quote_identifier(resource.name) + " (" + names + ") VALUES (" + marks + ")";
    const std::string select_id = "SELECT id FROM " + quote_identifier(resource.name) + " WHERE ";
    out.find_resource = select_id + conditions;
    out.drop_resource = "DELETE FROM " + quote_identifier(resource.name) +
                        " WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM " + quote_identifier(table.name) + " WHERE " +
                        quote_identifier(table.resource_key) + " = ?1)";
    for (const Name& key : resource.share_keys) {
      const Column* column = resource.find(key);
      if (!column->index) continue;
      std::string by_key;
      int parameter = 1;
      const auto compare = [&](const std::string& other) {
        by_key += (parameter > 1 ? " AND +" : "+") + quote_identifier(other) + " IS ?" + std::to_string(parameter);
        if (other == key) by_key += " AND " + quote_identifier(other) + " = ?" + std::to_string(parameter);
        ++parameter;
      };
      if (resource.host_scoped) compare("host_id");
      for (const Column* each : out.resource_columns) compare(each->name);
      out.find_by_key.emplace_back(column, CachedSql());
      out.find_by_key.back().second = select_id + by_key;
    }
  }
  return out;
}

// ---- loading

Row* RowStore::read_row(Statement& statement, const Element& element, const TableSql& table, Arena& arena) {
  Row* row = Row::make(arena, element);
  row->id = statement.get_int(0);
  if (table.resource >= 0) row->resource_id = statement.get_int(table.resource);
  if (table.parent >= 0) row->parent_id = statement.get_int(table.parent);
  if (table.position >= 0) row->position = statement.is_null(table.position) ? -1 : statement.get_int(table.position);
  row->layout = copy_text(statement, table.layout, arena);
  int column = table.first_column;
  for (const Column* own : table.columns) row->values[own->slot] = copy_text(statement, column++, arena);
  for (const Column* own : table.resource_columns) row->values[own->slot] = copy_text(statement, column++, arena);
  // NULL: unknown, so ask every child table.
  row->child_tables =
      table.children >= 0 && !statement.is_null(table.children) ? statement.get_int(table.children) : -1;
  if (table.children < 0) row->child_tables = 0;
  row->resource_child_tables = 0;
  if (table.resource_children >= 0)
    row->resource_child_tables =
        statement.is_null(table.resource_children) ? -1 : statement.get_int(table.resource_children);
  return row;
}

RowStore::Owner RowStore::owner_of(const Row& root, std::int64_t host_id) {
  const Table& table = *root.element->table;
  Owner owner;
  owner.id = root.id;
  owner.host_id = host_id;
  if (!table.natural_key.empty()) owner.key = owner.vm_uuid = root.get(*table.find(table.natural_key));
  return owner;
}

Row* RowStore::load(const Element& root, std::int64_t id, Arena& arena) {
  TableSql& table = sql(*root.table);
  // Stays on its row until all is read: the statements below it then share its read transaction, so that they see one
  // state of the database, and take no locks of their own.
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
  TableSql& statements = sql(table);
  Use statement(database_.prepared(statements.by_id));  // stays on its row, as in load()
  statement->bind_int(1, id);
  if (!statement->step()) return nullptr;
  const Element* element = table.elements.front();
  if (statements.element >= 0) {
    const std::string_view name = statement->get_text(statements.element);
    for (const Element* candidate : table.elements)
      if (candidate->name == name) {
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
  if (row.child_tables)
    for (const Table* child : table.child_tables)
      if (row.child_tables & child_bit(table, *child)) load_child_table(row, *child, owner, arena);
  if (row.resource_child_tables && row.resource_id) {
    Owner resource;
    resource.id = row.resource_id;
    for (const Table* child : table.resource->child_tables)
      if (row.resource_child_tables & child_bit(*table.resource, *child))
        load_child_table(row, *child, resource, arena);
  }
}

namespace {

// How many elements of the XML the row's own element is deep, counted in the catalog: a row that nests in its like may
// be deeper.
std::size_t levels_above(const Row& row) {
  return static_cast<std::size_t>(std::count(row.element->path.begin(), row.element->path.end(), '/'));
}

}  // namespace

void RowStore::load_child_table(Row& row, const Table& table, const Owner& owner, Arena& arena) {
  TableSql& statements = sql(table);
  std::vector<std::pair<Row*, std::size_t>> loaded;  // and how deep they stand in the XML
  {
    Use statement(database_.prepared(statements.by_owner));
    if (owner.key.data())
      statement->bind_text(1, owner.key);
    else
      statement->bind_int(1, owner.id);
    // A nested row's element is known once its parent's is.
    struct Raw {
      std::string_view element;
      std::int64_t parent_id;
      Row* row;
      bool last;
    };
    std::vector<Raw> raw;
    while (statement->step()) {
      std::string_view name;
      if (statements.element >= 0) name = copy_text(*statement, statements.element, arena);
      const std::int64_t parent_id = statements.parent >= 0 ? statement->get_int(statements.parent) : 0;
      const bool last = statements.position >= 0 && statement->is_null(statements.position);
      raw.push_back({name, parent_id, read_row(*statement, *table.elements.front(), statements, arena), last});
    }
    // Rows without a position come last.
    std::stable_partition(raw.begin(), raw.end(), [](const Raw& entry) { return !entry.last; });
    // By parent, in their order; what has no parent here, or is its own, is in no document.
    std::unordered_map<std::int64_t, std::vector<const Raw*>> below;
    for (const Raw& entry : raw) below[entry.parent_id].push_back(&entry);
    const auto place = [&](const Raw& entry, Row& parent, std::size_t depth) {
      const auto refuse = [&](const std::string& why) {
        throw RowError(table.name, entry.row->id, "", table.elements.front()->path, why);
      };
      const Element* element = nullptr;
      for (const Element* candidate : parent.element->row_elements)
        if (candidate->table == &table && (!entry.element.data() || candidate->name == entry.element)) {
          element = candidate;
          break;
        }
      if (!element) refuse("<" + std::string(entry.element) + "> cannot stand in <" + parent.element->name + ">");
      for (const Element* at = element; at && at != parent.element; at = at->parent) ++depth;
      if (depth > xml::kMaxDepth) refuse("it is nested deeper than " + std::to_string(xml::kMaxDepth) + " levels");
      if (&element->shape() != entry.row->element) {
        // The same columns in the same slots; the lists of children are the element's.
        entry.row->element = &element->shape();
        entry.row->children = arena.make_array<Row::List>(element->shape().row_elements.size());
      }
      parent.children[element->child_slot].append(entry.row);
      loaded.emplace_back(entry.row, depth);
    };
    for (const Raw* entry : below[0]) place(*entry, row, levels_above(row));
    for (std::size_t at = 0; at < loaded.size(); ++at) {
      const auto [parent, depth] = loaded[at];
      if (const auto children = below.find(parent->id); children != below.end())
        for (const Raw* entry : children->second) place(*entry, *parent, depth);
    }
  }
  for (const auto& [child, depth] : loaded) {
    Owner child_owner;
    child_owner.id = child->id;
    // What nests in itself has been read already.
    const std::int64_t own = child->child_tables;
    if (table.recursive) {
      for (const Table* grandchild : table.child_tables)
        if (grandchild != &table && (own & child_bit(table, *grandchild)))
          load_child_table(*child, *grandchild, child_owner, arena);
    } else {
      load_children(*child, child_owner, arena);
    }
  }
}

namespace {

template <typename Visit>
void for_each_row(Row& row, const Visit& visit) {
  visit(row);
  for (std::size_t slot = 0; slot < row.element->row_elements.size(); ++slot)
    for (Row* child = row.children[slot].first; child; child = child->next) for_each_row(*child, visit);
}

}  // namespace

namespace {

// The row of vendor_options that a statement stands on, whose columns from the given one are kind, path, position, key
// and value_json.
VendorItem* read_vendor(const Statement& statement, int column, Arena& arena) {
  auto* item = arena.make<VendorItem>();
  item->kind = kind_of(statement.get_text(column));
  item->path = copy_text(statement, column + 1, arena);
  item->position = statement.get_int(column + 2);
  item->name = copy_text(statement, column + 3, arena);
  item->value_json = copy_text(statement, column + 4, arena);
  return item;
}

}  // namespace

void RowStore::load_vendor(Row& row, std::string_view vm_uuid, Arena& arena) {
  if (!vm_uuid.data()) {
    // Few and small: asked row by row.
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

// ---- inserting

namespace {

// The bits of the child tables that have rows in the row's lists.
std::int64_t used_children(const Row& row, bool of_resource) {
  const Table& table = *row.element->table;
  std::int64_t bits = 0;
  for (std::size_t slot = 0; slot < row.element->row_elements.size(); ++slot) {
    const Element& child = *row.element->row_elements[slot];
    if (!row.children[slot].first || child.of_resource != of_resource || child.table == &table) continue;
    const Table& owner = of_resource ? *table.resource : table;
    if (child.table->owner == &owner) bits |= child_bit(owner, *child.table);
  }
  return bits;
}

std::int64_t next_ordinal(const Table& table, std::int64_t& counter) { return table.ordinal.empty() ? 0 : counter++; }

}  // namespace

std::int64_t RowStore::insert(Row& root, const VmState& state) {
  const Table& table = *root.element->table;
  TableSql& statements = sql(table);
  Owner owner = owner_of(root, state.host_id);
  {
    Use statement(database_.prepared(statements.insert));
    int parameter = 1;
    bind_id(*statement, parameter++, state.host_id);
    statement->bind_text(parameter++, state.source);
    statement->bind_text(parameter++, state.sync_status);
    bind_id(*statement, parameter++, state.capture_id);
    statement->bind_blob(parameter++, state.rows_sha256);
    if (root.layout.data()) statement->bind_text(parameter, root.layout);
    ++parameter;
    if (statements.children >= 0) statement->bind_int(parameter++, used_children(root, false));
    for (const Column* column : statements.columns) bind_value(*statement, parameter++, *column, root.get(*column));
    statement->run();
  }
  root.id = owner.id = database_.last_insert_id();
  insert_children(root, owner, false);
  insert_vendor(root, owner);
  return root.id;
}

std::int64_t RowStore::insert_row(Row& row, const Owner& owner, std::int64_t parent_id, std::int64_t position,
                                  std::int64_t ordinal) {
  const Table& table = *row.element->table;
  TableSql& statements = sql(table);
  if (table.resource) row.resource_id = attach_resource(row, owner);
  {
    Use statement(database_.prepared(statements.insert));
    int parameter = 1;
    if (owner.key.data())
      statement->bind_text(parameter++, owner.key);
    else
      statement->bind_int(parameter++, owner.id);
    if (statements.parent >= 0) bind_id(*statement, parameter++, parent_id);
    if (statements.resource >= 0) bind_id(*statement, parameter++, row.resource_id);
    if (statements.position >= 0) statement->bind_int(parameter++, position);
    if (!table.ordinal.empty()) statement->bind_int(parameter++, ordinal);
    if (statements.element >= 0) statement->bind_text(parameter++, row.element->name);
    if (row.layout.data()) statement->bind_text(parameter, row.layout);
    ++parameter;
    if (statements.children >= 0) statement->bind_int(parameter++, used_children(row, false));
    for (const Column* column : statements.columns) bind_value(*statement, parameter++, *column, row.get(*column));
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
  const Table* owner_table = of_resource ? table.resource : &table;
  std::int64_t ordinal = 0;
  for (std::size_t slot = 0; slot < row.element->row_elements.size(); ++slot) {
    const Element& element = *row.element->row_elements[slot];
    if (element.table->owner != owner_table || element.table == &table) continue;
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
    statement->bind_text(4, kKinds[static_cast<std::size_t>(item->kind)]);
    statement->bind_text(5, item->path.data() ? item->path : std::string_view(""));
    statement->bind_int(6, item->position);
    if (colon != std::string_view::npos) statement->bind_text(7, item->name.substr(0, colon));
    statement->bind_text(8, item->name.data() ? item->name : std::string_view(""));
    statement->bind_text(9, item->value_json);
    statement->run();
  }
}

std::int64_t RowStore::attach_resource(Row& row, const Owner& owner) {
  const Table& table = *row.element->table;
  const Table& resource = *table.resource;
  TableSql& statements = sql(table);

  bool plain = true;  // nothing in its child rows that belongs to one VM
  for (std::size_t slot = 0; slot < row.element->row_elements.size(); ++slot)
    if (row.element->row_elements[slot]->of_resource)
      for (Row* child = row.children[slot].first; child; child = child->next)
        for_each_row(*child, [&](Row& each) { plain = plain && !each.vendor; });
  const bool has_key = resource.share_keys.empty() ||
                       std::any_of(resource.share_keys.begin(), resource.share_keys.end(),
                                   [&](const std::string& key) { return !row.get(*resource.find(key)).empty(); });
  if (plain && has_key) {
    std::vector<std::int64_t> candidates;
    {
      const auto key = std::find_if(statements.find_by_key.begin(), statements.find_by_key.end(),
                                    [&](const auto& each) { return !row.get(*each.first).empty(); });
      Use statement(database_.prepared(key == statements.find_by_key.end() ? statements.find_resource : key->second));
      int parameter = 1;
      if (resource.host_scoped) bind_id(*statement, parameter++, owner.host_id);
      for (const Column* column : statements.resource_columns)
        bind_value(*statement, parameter++, *column, row.get(*column));
      while (statement->step()) {
        candidates.push_back(statement->get_int(0));
        if (resource.child_tables.empty()) break;
      }
    }
    for (const std::int64_t candidate : candidates) {
      if (resource.child_tables.empty()) return candidate;
      Arena arena;
      Row* other = Row::make(arena, *row.element);
      other->resource_id = candidate;
      Owner candidate_owner;
      candidate_owner.id = candidate;
      for (const Table* child : resource.child_tables) load_child_table(*other, *child, candidate_owner, arena);
      if (same_resource_rows(row, *other)) return candidate;
    }
  }
  {
    Use statement(database_.prepared(statements.insert_resource));
    int parameter = 1;
    if (resource.host_scoped) bind_id(*statement, parameter++, owner.host_id);
    for (const Column* column : statements.resource_columns)
      bind_value(*statement, parameter++, *column, row.get(*column));
    if (!resource.child_tables.empty()) statement->bind_int(parameter++, used_children(row, true));
    statement->run();
  }
  const std::int64_t id = database_.last_insert_id();
  Owner resource_owner = owner;
  resource_owner.key = {};
  resource_owner.id = id;
  insert_children(row, resource_owner, true);
  return id;
}

namespace {

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

// Whether two rows and all below them are the same, ids aside.
bool same_rows(const Row& a, const Row& b) {
  if (a.element != b.element || a.layout != b.layout || !same_vendor(a, b)) return false;
  if (!same_values(a, b, *a.element->table)) return false;
  if (a.element->table->resource && !same_values(a, b, *a.element->table->resource)) return false;
  for (std::size_t slot = 0; slot < a.element->row_elements.size(); ++slot)
    if (!same_lists(a, b, slot)) return false;
  return true;
}

}  // namespace

bool RowStore::same_resource_rows(const Row& a, const Row& b) const {
  for (std::size_t slot = 0; slot < a.element->row_elements.size(); ++slot)
    if (a.element->row_elements[slot]->of_resource && !same_lists(a, b, slot)) return false;
  return true;
}

// ---- changing

void RowStore::delete_row(Row& row) {
  const Table& table = *row.element->table;
  for (std::size_t slot = 0; slot < row.element->row_elements.size(); ++slot) {
    if (row.element->row_elements[slot]->of_resource) continue;
    for (Row* child = row.children[slot].first; child; child = child->next) delete_row(*child);
  }
  {
    Use statement(database_.prepared("DELETE FROM " + quote_identifier(table.name) + " WHERE id = ?1"));
    statement->bind_int(1, row.id);
    statement->run();
  }
  delete_vendor(row);
  if (row.resource_id) drop_resource(row);
}

void RowStore::delete_vendor(const Row& row) {
  Use statement(database_.prepared("DELETE FROM vendor_options WHERE owner_type = ?1 AND owner_id = ?2"));
  statement->bind_text(1, row.element->table->name);
  statement->bind_int(2, row.id);
  statement->run();
}

// Deletes the row's resource, with what is below it, where nobody attaches it any more.
void RowStore::drop_resource(Row& row) {
  const Table& table = *row.element->table;
  {
    Use statement(database_.prepared(sql(table).drop_resource));
    statement->bind_int(1, row.resource_id);
    statement->run();
  }
  if (sqlite3_changes(database_.handle()) == 0) return;
  for (std::size_t slot = 0; slot < row.element->row_elements.size(); ++slot)
    if (row.element->row_elements[slot]->of_resource)
      for (Row* child = row.children[slot].first; child; child = child->next) delete_row(*child);
}

void RowStore::remove(const Element& root, std::int64_t id) {
  Arena arena;
  if (Row* row = load(root, id, arena)) delete_row(*row);
}

// Finds which rows stay, and deletes those that do not.
void RowStore::delete_unmatched(Row& current, Row& wanted) {
  for (std::size_t slot = 0; slot < current.element->row_elements.size(); ++slot) {
    if (current.element->row_elements[slot]->of_resource) continue;
    for (const Match& match : match_rows(current.children[slot], wanted.children[slot])) {
      if (!match.a) continue;
      if (match.b) {
        match_.emplace(match.b, match.a);
        delete_unmatched(*match.a, *match.b);
      } else {
        delete_row(*match.a);
      }
    }
  }
}

void RowStore::change(Row& current, Row& wanted, const VmState& state) {
  match_.clear();
  delete_unmatched(current, wanted);
  const Table& table = *current.element->table;
  wanted.id = current.id;
  const Owner owner = owner_of(wanted, state.host_id);
  update_matched(current, wanted, owner, 0, 0, true);
  set_state(table, current.id, state);
  match_.clear();
}

void RowStore::update_matched(Row& current, Row& wanted, const Owner& owner, std::int64_t position,
                              std::int64_t ordinal, bool is_root_row) {
  const Table& table = *current.element->table;
  TableSql& statements = sql(table);
  wanted.id = current.id;
  if (table.resource) {
    if (same_values(current, wanted, *table.resource) && same_resource_rows(current, wanted))
      wanted.resource_id = current.resource_id;
    else
      wanted.resource_id = attach_resource(wanted, owner);
  }
  std::vector<const Column*> changed;
  for (const Column* column : statements.columns)
    if (!same(current.get(*column), wanted.get(*column))) changed.push_back(column);
  const bool other_layout = !same(current.layout, wanted.layout);
  const std::int64_t child_tables = current.child_tables | used_children(wanted, false);
  const bool more_children = child_tables != current.child_tables;
  const bool other_resource = wanted.resource_id != current.resource_id;
  const bool other_place =
      !is_root_row && (current.position != position || (!table.ordinal.empty() && current.position != ordinal));
  if (!changed.empty() || other_layout || more_children || other_resource || other_place) {
    std::string assignments;
    int parameter = 1;
    const auto assign = [&](const std::string& name) {
      assignments += (parameter > 1 ? ", " : "") + quote_identifier(name) + " = ?" + std::to_string(parameter);
      ++parameter;
    };
    for (const Column* column : changed) assign(column->name);
    if (other_layout) assign("layout");
    if (more_children) assign("child_tables");
    if (other_resource) assign(table.resource_key);
    if (other_place && statements.position >= 0) assign("position");
    if (other_place && !table.ordinal.empty()) assign(table.ordinal);
    if (parameter > 1) {
      Statement statement(database_.handle(), "UPDATE " + quote_identifier(table.name) + " SET " + assignments +
                                                  " WHERE id = " + std::to_string(current.id));
      parameter = 1;
      for (const Column* column : changed) bind_value(statement, parameter++, *column, wanted.get(*column));
      if (other_layout) statement.bind_text(parameter++, wanted.layout);
      if (more_children) statement.bind_int(parameter++, child_tables);
      if (other_resource) bind_id(statement, parameter++, wanted.resource_id);
      if (other_place && statements.position >= 0) statement.bind_int(parameter++, position);
      if (other_place && !table.ordinal.empty()) statement.bind_int(parameter++, ordinal);
      statement.run();
    }
    if (other_resource && current.resource_id) drop_resource(current);
  }
  if (!same_vendor(current, wanted)) {
    Use erase(
        database_.prepared("DELETE FROM vendor_options WHERE owner_type = ?1 AND owner_id = ?2 AND kind <> 'kept'"));
    erase->bind_text(1, table.name);
    erase->bind_int(2, current.id);
    erase->run();
    insert_vendor(wanted, owner);
  }
  update_children(current, wanted, owner);
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

void RowStore::update_children(Row& current, Row& wanted, const Owner& owner) {
  const Table& table = *current.element->table;
  Owner own = owner;
  if (!table.is_root()) {
    own.key = {};
    own.id = current.id;
  }
  std::int64_t ordinal = 0;
  for (std::size_t slot = 0; slot < wanted.element->row_elements.size(); ++slot) {
    const Element& element = *wanted.element->row_elements[slot];
    if (element.of_resource) continue;
    const bool nested = element.table == &table;
    std::int64_t position = 0;
    // Ordinals are unique: those of rows that stay are cleared first, so that they can change places.
    if (!element.table->ordinal.empty() && current.children[slot].first && !same_lists(current, wanted, slot)) {
      Statement clear(database_.handle(), "UPDATE " + quote_identifier(element.table->name) + " SET " +
                                              quote_identifier(element.table->ordinal) + " = NULL WHERE " +
                                              quote_identifier(element.table->owner_key) + " = ?1");
      clear.bind_text(1, own.key);
      clear.run();
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

void RowStore::set_state(const Table& table, std::int64_t id, const VmState& state) {
  Use statement(database_.prepared(
      "UPDATE " + quote_identifier(table.name) +
      " SET host_id = ?1, source = ?2, sync_status = ?3, capture_id = ?4, rows_sha256 = ?5, drift_details = "
      "NULL WHERE id = ?6"));
  bind_id(*statement, 1, state.host_id);
  statement->bind_text(2, state.source);
  statement->bind_text(3, state.sync_status);
  bind_id(*statement, 4, state.capture_id);
  statement->bind_blob(5, state.rows_sha256);
  statement->bind_int(6, id);
  statement->run();
}

}  // namespace virtsql
