#include "bench/same_rows.h"

#include <new>
#include <set>
#include <stdexcept>

#include "core/schema/sql_name.h"

namespace virtsql::bench {

SameRows::SameRows(Database& database) : database_(database) {
  {
    Statement names(database.handle(),
                    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
    while (names.step()) describe(std::string(names.get_text(0)));
  }
  // The preupdate hook, because SQLite does not call the update hook for tables WITHOUT ROWID.
  sqlite3_preupdate_hook(
      database.handle(),
      [](void* self, sqlite3*, int operation, const char*, const char* table, sqlite3_int64, sqlite3_int64 id) {
        if (operation == SQLITE_INSERT) static_cast<SameRows*>(self)->note(table, id);
      },
      this);
}

void SameRows::note(const char* name, sqlite3_int64 id) {
  Key key;
  for (const int column : tables_.at(name).key) {
    sqlite3_value* value = nullptr;
    if (sqlite3_preupdate_new(database_.handle(), column, &value) != SQLITE_OK) throw std::bad_alloc();
    key.emplace_back(reinterpret_cast<const char*>(sqlite3_value_text(value)));
  }
  if (key.empty()) key.push_back(std::to_string(id));
  noted_.emplace_back(name, std::move(key));
}

void SameRows::take() {
  sqlite3_preupdate_hook(database_.handle(), nullptr, nullptr);
  std::set<std::pair<std::string, Key>> seen;
  std::size_t next_mark = 0;
  for (std::size_t i = 0; i <= noted_.size(); ++i) {
    while (next_mark < marks_.size() && marks_[next_mark] == i) {
      ends_.push_back(rows_.size());
      ++next_mark;
    }
    if (i == noted_.size()) break;
    const auto& [name, key] = noted_[i];
    if (!seen.insert(noted_[i]).second) continue;
    Table& table = tables_.at(name);
    Use select(database_.prepared(table.select));
    for (std::size_t part = 0; part < key.size(); ++part) select->bind_text(static_cast<int>(part) + 1, key[part]);
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
    // A parameter that nothing is bound to is NULL, so NULLs are not bound: a bare program would not bind them either.
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

void SameRows::describe(const std::string& name) {
  Table& table = tables_[name];
  std::string names;
  std::string marks;
  std::string key;
  const bool has_rowid =
      database_.query_int("SELECT wr = 0 FROM pragma_table_list WHERE name = " + sql_literal(name)) != 0;
  Statement info(database_.handle(), "PRAGMA table_info(\"" + name + "\")");  // without computed columns
  while (info.step()) {
    const std::string column(info.get_text(1));
    names += (table.columns ? ", \"" : "\"") + column + "\"";
    marks += table.columns ? ", ?" : "?";
    if (!has_rowid && info.get_int(5) != 0) {
      table.key.push_back(table.columns);
      key += (key.empty() ? "\"" : " AND \"") + column + "\" = ?" + std::to_string(table.key.size());
    }
    ++table.columns;
  }
  if (has_rowid) key = "rowid = ?1";
  table.select = "SELECT " + names + " FROM \"" + name + "\" WHERE " + key;
  table.insert = "INSERT INTO \"" + name + "\" (" + names + ") VALUES (" + marks + ")";
}

}  // namespace virtsql::bench
