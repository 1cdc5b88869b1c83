#include "core/store/root_state.h"

#include "core/base/sql_quote.h"
#include "core/store/row_sql.h"

namespace virtsql {

int bind_state(Statement& statement, int first, const RootState& state) {
  bind_id(statement, first, state.host_id);
  statement.bind_text(first + 1, state.source);
  statement.bind_text(first + 2, state.sync_status);
  bind_id(statement, first + 3, state.capture_id);
  statement.bind_blob(first + 4, state.rows_sha256);
  return first + 5;
}

std::optional<StoredState> read_state(Database& database, const Table& table, std::int64_t id) {
  std::string sql;
  for (const char* column : kStateColumns) sql += (sql.empty() ? "SELECT " : ", ") + std::string(column);
  Use statement(database.prepared(sql + " FROM " + quote_identifier(table.name) + " WHERE id = ?1"));
  statement->bind_int(1, id);
  if (!statement->step()) return std::nullopt;
  StoredState out;
  out.host_id = statement->get_int(0);
  out.source = statement->get_text(1);
  out.sync_status = statement->get_text(2);
  out.capture_id = statement->get_int(3);
  out.rows_sha256 = statement->get_blob(4);
  return out;
}

}  // namespace virtsql
