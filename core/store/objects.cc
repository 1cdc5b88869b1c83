#include "core/store/objects.h"

#include <algorithm>
#include <cassert>
#include <vector>

#include "core/base/excerpt.h"
#include "core/base/sql_quote.h"
#include "core/schema/computed.h"
#include "core/spool/kinds.h"
#include "core/spool/operations.h"
#include "core/spool/states.h"
#include "core/store/capture_conditions.h"
#include "core/store/identity.h"
#include "core/store/kind.h"
#include "core/store/store_error.h"

namespace virtsql {
namespace {

// Whether the root's column has UUIDs. (vm_uuid may be a computed column: the UUID in a snapshot's <domain>.)
bool has_uuids(const Table& table, std::string_view name) {
  const Column* column = table.find(name);
  return column ? column->type == Type::kUuid : name == "vm_uuid";
}

// SQL for the digits of a UUID (given as SQL), which are the same however it is spelled: with dashes or without, in
// capitals or not.
std::string uuid_digits_sql(const std::string& uuid) { return "lower(replace(" + uuid + ",'-',''))"; }

// SQL for what the column is compared by.
std::string compared_sql(const Table& table, std::string_view name) {
  const std::string column = quote_identifier(name);
  return has_uuids(table, name) ? uuid_digits_sql(column) : column;
}

// An SQL condition that compares columns with a row's values, and those values, to be bound from ?2 on.
struct SqlCondition {
  std::string sql;
  std::vector<std::string_view> values;

  std::string parameter(std::string_view value) {
    values.push_back(value);
    return "?" + std::to_string(values.size() + 1);
  }
  // Uses `=` for a value, so that SQLite can use an index, and IS NULL for none, as NULL is equal to nothing.
  void add(const Table& table, std::string_view column, std::string_view value) {
    sql += " AND " + compared_sql(table, column);
    if (!value.data())
      sql += " IS NULL";
    else
      sql += " = " + (has_uuids(table, column) ? uuid_digits_sql(parameter(value)) : parameter(value));
  }
  void bind(Statement& statement) const {
    int parameter = 2;
    for (const std::string_view value : values) statement.bind_text(parameter++, value);
  }
};

// The condition that a stored row is the same thing as `row` by the columns of the {identity}. A computed column is
// compared with the same SQL expression over the row's values that the database computes the column with.
SqlCondition same_identity(const Row& row) {
  const Table& table = *row.element->table;
  SqlCondition out;
  for (const Name& name : table.identity) {
    if (const Column* column = table.find(name)) {
      out.add(table, name, row.get(*column));
      continue;
    }
    const Computed* computed = table.find_computed(name);
    assert(computed);
    std::string values;
    for (const Computed::Part& part : computed->parts) {
      if (!part.column) continue;
      const std::string_view value = row.get(*part.column);
      values += (values.empty() ? "" : ", ") + (value.data() ? out.parameter(value) : std::string("NULL")) + " AS " +
                quote_identifier(part.column->name);
    }
    std::string same = computed_sql(*computed);
    if (has_uuids(table, name)) same = uuid_digits_sql(same);
    out.sql += " AND " + compared_sql(table, name) + " IS (SELECT " + same + " FROM (SELECT " + values + "))";
  }
  return out;
}

}  // namespace

std::int64_t Objects::find(const Row& row, std::int64_t host_id) {
  const Table& table = *row.element->table;
  const auto find_by = [&](const SqlCondition& condition) {
    Use statement(database_.prepared("SELECT id FROM " + quote_identifier(table.name) + " WHERE host_id IS ?1" +
                                     condition.sql + " ORDER BY id LIMIT 1"));
    if (host_id) statement->bind_int(1, host_id);
    condition.bind(*statement);
    return statement->step() ? statement->get_int(0) : 0;
  };
  if (!table.identity.empty()) return find_by(same_identity(row));
  const auto find_by_column = [&](const Column& column) {
    if (row.get(column).empty()) return std::int64_t{0};
    SqlCondition condition;
    condition.add(table, column.name, row.get(column));
    return find_by(condition);
  };
  const Column* uuid = table.find("uuid");
  if (uuid && uuid->type != Type::kUuid) uuid = nullptr;
  if (uuid)
    if (const std::int64_t id = find_by_column(*uuid)) return id;
  for (const Column* column : table.columns)
    if (column->key && column != uuid)
      if (const std::int64_t id = find_by_column(*column)) return id;
  return 0;
}

std::int64_t Objects::find(const Element& root, std::string_view key, std::string_view function, KeyType type) {
  const Table& table = *root.table;
  if (type == KeyType::kInteger) {
    Use by_id(database_.prepared("SELECT id FROM " + quote_identifier(table.name) + " WHERE id = ?1"));
    by_id->bind_text(1, key);  // compared as the INTEGER that the column is
    if (by_id->step()) return by_id->get_int(0);
  }
  std::string conditions = "CAST(id AS TEXT) = ?1";
  for (const auto& column : table.columns)
    if (column->key || column->name == table.name_column)
      conditions += " OR " + compared_sql(table, column->name) +
                    (has_uuids(table, column->name) ? " = " + uuid_digits_sql("?1") : " = ?1");
  Use statement(
      database_.prepared("SELECT id FROM " + quote_identifier(table.name) + " WHERE " + conditions + " LIMIT 2"));
  statement->bind_text(1, key);
  const std::string shown = quoted_excerpt(key);
  if (!statement->step())
    throw StoreError(std::string(function) + "(): no row " + shown + " in " + table.name + "; SELECT * FROM " +
                     table.name + " shows them by id");
  const std::int64_t id = statement->get_int(0);
  if (statement->step())
    throw StoreError(std::string(function) + "(): several rows of " + table.name + " are " + shown +
                     "; give the id as an integer");
  return id;
}

// Whether the row was last filled from a definition (a persistent capture) that libvirt has not undefined since.
bool Objects::holds_definition(const Table& table, std::int64_t id) {
  Use statement(database_.prepared(
      "SELECT c.config FROM " + quote_identifier(table.name) +
      " AS t JOIN captures AS c ON c.id = t.capture_id WHERE t.id = ?1 AND NOT EXISTS (SELECT 1 FROM captures AS u "
      "WHERE u.vm_uuid IS NULL AND u.kind = c.kind AND u.name = c.name AND u.host_id IS c.host_id AND u.operation = "
      "'undefine' AND u.seq > c.seq)"));
  statement->bind_int(1, id);
  return statement->step() && statement->get_text(0) == "persistent";
}

std::int64_t Objects::apply(Arrival& arrival, std::int64_t host_id) {
  assert(arrival.has_rows() && !arrival.has_vm_rows());
  const Element& root = *arrival.document().rows().element;
  const Capture& capture = arrival.capture();
  const std::int64_t id = find(arrival.document().rows(), host_id);
  if (capture.operation == operations::kPortDeleted) return id == 0 || rows_.remove_unless_edited(root, id) ? 0 : id;
  const RootState state = RootState::imported(host_id, arrival.result.id);
  if (id == 0) return rows_.insert(arrival.document(), state);
  const bool live = capture.config == "live";
  if (live && holds_definition(*root.table, id)) return id;
  rows_.apply(root, id, arrival.document(), state, live ? RootRows::Role::kRunning : RootRows::Role::kDefinition);
  return id;
}

void Objects::remove(const Capture& capture, std::int64_t host_id) {
  if (capture.state == states::kStillActive) return;
  for (const auto& root : catalog_.roots()) {
    const Table& table = *root->table;
    if (root->name != capture.sub_operation || table.name_column.empty()) continue;
    const bool of_vm = is_of_a_vm(table);
    std::vector<std::int64_t> forgotten;
    {
      SqlCondition named;
      named.add(table, table.name_column, capture.name);
      if (of_vm) named.add(table, "vm_uuid", capture.uuid);
      Use statement(
          database_.prepared("SELECT id FROM " + quote_identifier(table.name) + " WHERE host_id IS ?1" + named.sql));
      statement->bind_int(1, host_id);
      named.bind(*statement);
      while (statement->step()) forgotten.push_back(statement->get_int(0));
    }
    for (const std::int64_t id : forgotten) rows_.remove_unless_edited(*root, id);
  }
}

void Objects::accept(const Element& root, std::int64_t id, std::string_view function) {
  const Table& table = *root.table;
  // The capture that the row was filled from, and captures of the row's name: the name in the row now, or the captured
  // one if somebody changed it in the row.
  struct Candidate {
    std::int64_t id = 0;
    std::int64_t host_id = 0;
    std::string digest;
    Capture capture;  // uuid, driver and name alone, for take_captured()
  };
  std::vector<Candidate> candidates;
  std::int64_t base = 0;
  {
    Use statement(database_.prepared(
        "SELECT c.id, c.host_id, c.document_sha256, c.vm_uuid, c.driver, c.name, t.capture_id FROM " +
        quote_identifier(table.name) + " AS t JOIN captures AS c ON c.kind = ?2 AND c.host_id IS t.host_id AND " +
        sql_is_readable("c") + " AND (c.id = t.capture_id OR c.name = t." + quote_identifier(table.name_column) +
        " OR c.name = (SELECT name FROM captures WHERE id = t.capture_id)) WHERE t.id = ?1 ORDER BY c.config = "
        "'persistent' DESC, c.seq DESC"));
    statement->bind_int(1, id);
    statement->bind_text(2, kind_of_root(root.name));
    while (statement->step()) {
      Candidate& candidate = candidates.emplace_back();
      candidate.id = statement->get_int(0);
      candidate.host_id = statement->get_int(1);
      candidate.digest = statement->get_blob(2);
      candidate.capture.uuid = statement->get_text(3);
      candidate.capture.driver = statement->get_text(4);
      candidate.capture.name = statement->get_text(5);
      base = statement->get_int(6);
    }
  }
  for (const Candidate& candidate : candidates) {
    Document document(captures_.documents().read(candidate.digest), root);
    take_captured(document, candidate.capture);
    // Several things may have one name, as volumes of different pools: a capture of another thing is passed over.
    if (candidate.id != base && find(document.rows(), candidate.host_id) != id) continue;
    Savepoint savepoint(database_);
    rows_.accept(root, id, document, RootState::imported(candidate.host_id, candidate.id));
    savepoint.release();
    return;
  }
  throw StoreError(std::string(function) + "(): nothing has been captured of row " + std::to_string(id) + " of " +
                   table.name);
}

}  // namespace virtsql
