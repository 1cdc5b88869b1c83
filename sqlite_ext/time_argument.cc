#include "sqlite_ext/time_argument.h"

#include <optional>

#include "core/base/excerpt.h"
#include "core/base/letters.h"
#include "core/spool/age.h"

namespace virtsql::extension {
namespace {

constexpr std::string_view kTimeHelp = "what datetime() takes ('2026-05-01 12:00', 'now') or seconds since 1970";

bool is_number(sqlite3_value* value) {
  const int type = sqlite3_value_type(value);
  return type == SQLITE_INTEGER || type == SQLITE_FLOAT;
}

// Returns what datetime() takes `time` for after the modifier, in milliseconds since 1970; nullopt if it is no time.
std::optional<std::int64_t> milliseconds(Database& database, std::string_view time, const std::string& modifier) {
  Use convert(database.prepared("SELECT CAST(round((julianday(?1, ?2) - 2440587.5) * 86400000) AS INTEGER)"));
  convert->bind_text(1, time);
  convert->bind_text(2, modifier);
  convert->step();
  if (convert->is_null(0)) return std::nullopt;
  // SQLite cuts its clock to milliseconds, and what was captured in this one was captured by now.
  return convert->get_int(0) + (same_without_case(time, "now") ? 1 : 0);
}

std::optional<std::int64_t> milliseconds(Database& database, sqlite3_value* time) {
  const bool is_unix_time = is_number(time);
  return milliseconds(database, bytes_of(time), is_unix_time ? "unixepoch" : "+0 days");
}

[[noreturn]] void refuse(sqlite3_value* time, std::string_view function, const std::string& help) {
  throw StoreError(std::string(function) + "(): " + quoted_excerpt(bytes_of(time)) + " is no time; give " + help);
}

// Whether it is a text of digits alone.
bool is_digits(sqlite3_value* value) {
  const std::string_view text = is_number(value) ? std::string_view() : bytes_of(value);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::int64_t milliseconds_of(Database& database, sqlite3_value* time, std::string_view function) {
  if (const auto found = milliseconds(database, time)) return *found;
  refuse(time, function, std::string(kTimeHelp));
}

std::string utc_of(Database& database, sqlite3_value* time, std::string_view function) {
  const std::optional<int> days = is_number(time) ? std::nullopt : days_of(bytes_of(time));
  const auto found = days              ? milliseconds(database, "now", "-" + std::to_string(*days) + " days")
                     : is_digits(time) ? milliseconds(database, bytes_of(time), "unixepoch")
                                       : milliseconds(database, time);
  if (!found) refuse(time, function, std::string(kTimeHelp) + ", or an age: 7 days, 7d or 7");
  Use format(database.prepared("SELECT strftime('%Y-%m-%dT%H:%M:%fZ', ?1 / 1000.0, 'unixepoch')"));
  format->bind_int(1, *found);
  format->step();
  return std::string(format->get_text(0));
}

}  // namespace virtsql::extension
