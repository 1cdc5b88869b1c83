#include "core/store/host_inheritance.h"

#include <cassert>
#include <string>

#include "core/base/sql_quote.h"

namespace virtsql {

bool HostInheritance::may_say(const Column& column, const Row& asked, std::string_view value) const {
  assert(column.marks->inherited && column.marks->inherited_by);
  const Table& rows = *column.marks->inherited->table;
  const Table& thing = *rows.owner;
  // The LEFT JOIN gives one row with NULL if the thing has no such rows. It gives no row if there is no such thing.
  Use statement(database_.prepared(
      "SELECT r." + quote_identifier(column.marks->inherited->name) + " IS ?3 FROM " + quote_identifier(thing.name) +
      " AS t LEFT JOIN " + quote_identifier(rows.name) + " AS r ON r." + quote_identifier(rows.owner_key) +
      " = t.id WHERE t.host_id = ?1 AND t." + quote_identifier(thing.name_column) + " = ?2 ORDER BY 1 DESC LIMIT 1"));
  statement->bind_int(1, host_id_);
  statement->bind_text(2, asked.get(*column.marks->inherited_by));
  statement->bind_text(3, value);
  return !statement->step() || statement->get_int(0) != 0;
}

}  // namespace virtsql
