#include "core/schema/repeated.h"

#include <algorithm>
#include <cassert>
#include <span>
#include <vector>

#include "core/schema/condition_sql.h"
#include "core/schema/sql_name.h"

namespace virtsql {
namespace {

// SQL for whether the row is of the kind that has the value of the {repeated} column.
std::string all_conditions(const Column& column, const std::string& row) {
  const std::span<const Condition> conditions = column.marks->repeated_if;
  assert(std::all_of(conditions.begin(), conditions.end(), can_be_sql));
  const std::string sql =
      conditions_sql(conditions, [&](const Column& tested) { return row + "." + sql_name(tested.name); });
  return sql.empty() ? "1" : sql;
}

// The triggers for the {repeated} columns of one table, and for the columns of its owner that these repeat.
class Repetition {
 public:
  explicit Repetition(const Table& table)
      : table_(table),
        owner_(*table.owner),
        name_(sql_name(table.name)),
        owner_name_(sql_name(owner_.name)),
        owner_key_(sql_name(owner_.referred_column())),
        key_(sql_name(table.owner_key)) {
    for (const Column* column : table.columns)
      if (column->marks->repeated) columns_.push_back(column);
  }

  std::string ddl() const {
    if (columns_.empty()) return "";
    return of_owner() + of_rows("INSERT", "inserted", "NEW") + of_rows("UPDATE OF " + watched(), "updated", "NEW") +
           of_rows("DELETE", "deleted", "OLD");
  }

 private:
  // SQL for the id of the owner's first row, in the order in which generation writes the rows. Two subqueries that each
  // follow the index (owner, position): to sort NULL last would take a table of its own for each row that is written.
  std::string first(const std::string& owner_id) const {
    const std::string rows = "(SELECT id FROM " + name_ + " WHERE " + key_ + "=" + owner_id + " AND position ";
    return "coalesce(" + rows + "NOTNULL ORDER BY position,id LIMIT 1)," + rows + "ISNULL ORDER BY id LIMIT 1))";
  }

  std::string of_owner() const {
    std::vector<std::string> names;
    std::vector<std::string> before;
    std::vector<std::string> after;
    std::string body;
    for (const Column* column : columns_) {
      const std::string repeated = sql_name(column->marks->repeated->name);
      const std::string value = sql_name(column->name);
      const std::string changes = "NEW." + repeated + " IS NOT OLD." + repeated;
      const std::string row = "id=" + first("NEW." + owner_key_);
      names.push_back(repeated);
      before.push_back("OLD." + repeated);
      after.push_back("NEW." + repeated);
      if (!column->marks->repeated_if.empty())
        body += "SELECT RAISE(ABORT," +
                sql_literal(owner_.name + "." + column->marks->repeated->name + " repeats " + table_.name + "." +
                            column->name + " of the first row, which is of another kind: " + wanted(*column)) +
                ") FROM " + name_ + " c WHERE " + changes + " AND NEW." + repeated + " IS NOT NULL AND c." + row +
                " AND NOT(" + all_conditions(*column, "c") + ");\n";
      body += "UPDATE " + name_ + " SET " + value + "=NEW." + repeated + " WHERE " + changes + " AND " + row + " AND " +
              all_conditions(*column, name_) + " AND " + value + " IS NOT NEW." + repeated + ";\n";
    }
    return trigger(owner_name_, owner_.name + "_" + table_.name + "_repeated", "UPDATE OF " + join(names, ","),
                   "(" + join(after, ",") + ") IS NOT (" + join(before, ",") + ") AND ", body);
  }

  // For the error: what to set in the first row so that it can have the value.
  std::string wanted(const Column& column) const {
    std::vector<std::string> parts;
    for (const Condition& condition : column.marks->repeated_if)
      parts.push_back("set " + table_.name + "." + condition.column->name + " = '" + condition.value + "'");
    return join(parts, " and ") + " there";
  }

  // The columns that decide what the owner's first row says: which row is first, its values, and their conditions.
  std::string watched() const {
    std::vector<std::string> names = {"position"};
    const auto add = [&](const Column& column) {
      const std::string name = sql_name(column.name);
      for (const std::string& each : names)
        if (each == name) return;
      names.push_back(name);
    };
    for (const Column* column : columns_) {
      add(*column);
      for (const Condition& condition : column->marks->repeated_if) add(*condition.column);
    }
    return join(names, ",");
  }

  // A new row that leaves the value open does not set the owner's value to NULL: libvirt still reads it there.
  std::string of_rows(const std::string& event, const char* suffix, const std::string& row) const {
    const std::string owner_id = row + "." + key_;
    std::string body;
    for (const Column* column : columns_) {
      const std::string repeated = sql_name(column->marks->repeated->name);
      const std::string value = "c." + sql_name(column->name);
      const std::string said =
          event == "INSERT" ? "coalesce(" + value + "," + owner_name_ + "." + repeated + ")" : value;
      const std::string now = "(SELECT " + said + " FROM " + name_ + " c WHERE c.id=" + first(owner_id) + " AND " +
                              all_conditions(*column, "c") + ")";
      body += "UPDATE " + owner_name_ + " SET " + repeated + "=" + now + " WHERE " + owner_key_ + "=" + owner_id +
              " AND " + repeated + " IS NOT NULL AND " + repeated + " IS NOT " + now + ";\n";
    }
    return trigger(name_, table_.name + "_repeated_" + suffix, event, "", body);
  }

  static std::string trigger(const std::string& on, const std::string& name, const std::string& event,
                             const std::string& when, const std::string& body) {
    return "CREATE TRIGGER " + sql_name(name) + " AFTER " + event + " ON " + on + " WHEN " + when +
           std::string(kUnlessDocument) + " BEGIN\n" + body + "END;\n";
  }

  const Table& table_;
  const Table& owner_;
  std::string name_;
  std::string owner_name_;
  std::string owner_key_;
  std::string key_;
  std::vector<const Column*> columns_;
};

}  // namespace

std::string repeated_ddl(const Catalog& catalog) {
  std::string out;
  for (const Table* table : catalog.tables())
    if (table->owner) out += Repetition(*table).ddl();
  return out;
}

}  // namespace virtsql
