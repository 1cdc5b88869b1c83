#include "bench/same_rows.h"

#include <set>
#include <stdexcept>

namespace virtsql::bench {

SameRows::SameRows(Database& database) : database_(database) {
  sqlite3_update_hook(
      database.handle(),
      [](void* self, int operation, const char*, const char* table, sqlite3_int64 id) {
        if (operation == SQLITE_INSERT) static_cast<SameRows*>(self)->noted_.emplace_back(table, id);
      },
      this);
}

void SameRows::take() {
  sqlite3_update_hook(database_.handle(), nullptr, nullptr);
  std::set<std::pair<std::string, sqlite3_int64>> seen;
  std::size_t next_mark = 0;
  for (std::size_t i = 0; i <= noted_.size(); ++i) {
    while (next_mark < marks_.size() && marks_[next_mark] == i) {
      ends_.push_back(rows_.size());
      ++next_mark;
    }
    if (i == noted_.size()) break;
    const auto& [name, id] = noted_[i];
    if (!seen.insert(noted_[i]).second) continue;
    Table& table = describe(name);
    Use select(database_.prepared(table.select));
    select->bind_int(1, id);
    if (!select->step()) continue;
    for (int column = 0; column < table.columns; ++column) {
      sqlite3_stmt* statement = select->handle();
      const int type = sqlite3_column_type(statement, column);
      if (type == SQLITE_NULL) continue;
      Value value{column, type, 0, 0, bytes_.size(), 0};
      if (type == SQLITE_INTEGER) {
        value.integer = sqlite3_column_int64(statement, column);
      } else if (type == SQLITE_FLOAT) {
        value.real = sqlite3_column_double(statement, column);
      } else {
        const auto* data = static_cast<const char*>(sqlite3_column_blob(statement, column));
        value.size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
        if (data) bytes_.append(data, value.size);
      }
      values_.push_back(value);
    }
    rows_.push_back({&table, values_.size()});
  }
}

void SameRows::strip(Database& database) {
  std::vector<std::string> names;
  {
    Statement triggers(database.handle(), "SELECT name FROM sqlite_master WHERE type = 'trigger'");
    while (triggers.step()) names.emplace_back(triggers.get_text(0));
  }
  Transaction transaction(database);
  for (const std::string& name : names) database.execute("DROP TRIGGER \"" + name + "\"");
  transaction.commit();
  database.execute("PRAGMA foreign_keys = OFF");
}

void SameRows::insert(Database& database, std::size_t index) {
  for (std::size_t i = index ? ends_[index - 1] : 0; i < ends_[index]; ++i) {
    const Row& row = rows_[i];
    if (!row.table->prepared) row.table->prepared = &database.prepared(row.table->insert);
    sqlite3_stmt* statement = row.table->prepared->handle();
    // NULL is what a parameter is that nothing was bound to; a bare program would not bind it.
    sqlite3_clear_bindings(statement);
    for (std::size_t at = i ? rows_[i - 1].end : 0; at < row.end; ++at) {
      const Value& value = values_[at];
      const int parameter = value.column + 1;
      const char* data = bytes_.data() + value.offset;
      const auto size = static_cast<int>(value.size);
      if (value.type == SQLITE_INTEGER)
        sqlite3_bind_int64(statement, parameter, value.integer);
      else if (value.type == SQLITE_FLOAT)
        sqlite3_bind_double(statement, parameter, value.real);
      else if (value.type == SQLITE_TEXT)
        sqlite3_bind_text(statement, parameter, data, size, SQLITE_STATIC);
      else
        sqlite3_bind_blob(statement, parameter, data, size, SQLITE_STATIC);
    }
    if (sqlite3_step(statement) != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(database.handle()));
    sqlite3_reset(statement);
  }
}

void SameRows::forget_statements() {
  for (auto& [name, table] : tables_) table.prepared = nullptr;
}

void SameRows::check_equal(Database& a, Database& b) {
  Statement names(a.handle(), "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
  while (names.step()) {
    const std::string name(names.get_text(0));
    const std::string count = "SELECT count(*) FROM \"" + name + "\"";
    if (a.query_int(count) != b.query_int(count))
      throw std::runtime_error("the bare insert of " + name + " is not whole");
  }
}

SameRows::Table& SameRows::describe(const std::string& name) {
  Table& table = tables_[name];
  if (table.columns) return table;
  std::string names;
  std::string marks;
  Statement info(database_.handle(), "PRAGMA table_info(\"" + name + "\")");  // without computed columns
  while (info.step()) {
    names += (table.columns ? ", \"" : "\"") + std::string(info.get_text(1)) + "\"";
    marks += table.columns++ ? ", ?" : "?";
  }
  table.select = "SELECT " + names + " FROM \"" + name + "\" WHERE rowid = ?1";
  table.insert = "INSERT INTO \"" + name + "\" (" + names + ") VALUES (" + marks + ")";
  return table;
}

}  // namespace virtsql::bench
