#include "sqlite_ext/time_argument.h"

#include "core/base/excerpt.h"
#include "core/base/letters.h"

namespace virtsql::extension {

std::int64_t milliseconds_of(Database& database, sqlite3_value* time, std::string_view function) {
  const int type = sqlite3_value_type(time);
  const bool is_number = type == SQLITE_INTEGER || type == SQLITE_FLOAT;
  const std::string_view text = is_number ? std::string_view() : bytes_of(time);
  Use convert(
      database.prepared("SELECT CAST(round((julianday(?1, iif(?2, 'unixepoch', '+0 days')) - 2440587.5) * 86400000) AS "
                        "INTEGER)"));
  if (is_number)
    convert->bind_real(1, sqlite3_value_double(time));
  else
    convert->bind_text(1, text);
  convert->bind_int(2, is_number ? 1 : 0);
  convert->step();
  if (convert->is_null(0))
    throw StoreError(std::string(function) + "(): " + quoted_excerpt(bytes_of(time)) +
                     " is no time; give what datetime() takes ('2026-05-01 12:00', 'now') or seconds since 1970");
  // SQLite cuts its clock to milliseconds, and what was captured in this one was captured by now.
  return convert->get_int(0) + (same_without_case(text, "now") ? 1 : 0);
}

}  // namespace virtsql::extension
