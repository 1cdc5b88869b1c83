#include "core/store/update_sql.h"

#include <cassert>

#include "core/base/sql_quote.h"

namespace virtsql {

UpdateSql::UpdateSql(std::string_view table) : beginning_("UPDATE " + quote_identifier(table) + " SET ") {}

void UpdateSql::run(Database& database, const std::string& assignments, std::int64_t id,
                    const std::function<void(Statement&)>& bind) {
  assert(!beginning_.empty() && !assignments.empty());
  const auto write = [&](Statement& statement) {
    bind(statement);
    statement.bind_int(sqlite3_bind_parameter_count(statement.handle()), id);
    statement.run();
  };
  const auto text = [&] { return beginning_ + assignments + " WHERE id = ?"; };
  auto found = kept_.find(assignments);
  if (found == kept_.end() && kept_.size() < kMost) {
    found = kept_.try_emplace(assignments).first;
    found->second = text();
  }
  if (found != kept_.end()) {
    Use statement(database.prepared(found->second));
    write(*statement);
  } else {
    Statement once(database.handle(), text());
    write(once);
  }
}

}  // namespace virtsql
