#include "bench/same_selects.h"

#include <algorithm>
#include <cctype>
#include <stdexcept>
#include <string_view>

namespace virtsql::bench {
namespace {

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

// Returns the end of the literal at `at` that SQLite wrote in place of a parameter: a number, 'text' or NULL.
std::size_t literal_end(std::string_view sql, std::size_t at) {
  if (sql[at] != '\'') {
    while (at < sql.size() && (std::isalnum(static_cast<unsigned char>(sql[at])) || sql[at] == '-')) ++at;
    return at;
  }
  for (++at; at < sql.size(); ++at)
    if (sql[at] == '\'' && (at + 1 == sql.size() || sql[++at] != '\'')) break;
  return at;
}

std::string unquoted(std::string_view literal) {
  std::string out;
  for (std::size_t i = 1; i + 1 < literal.size(); ++i) {
    out += literal[i];
    i += static_cast<std::size_t>(literal[i] == '\'');
  }
  return out;
}

}  // namespace

SameSelects::SameSelects(Database& database) : database_(database) {
  sqlite3_trace_v2(
      database.handle(), SQLITE_TRACE_STMT,
      [](unsigned, void* self, void* statement, void*) {
        auto* traced = static_cast<sqlite3_stmt*>(statement);
        char* expanded = sqlite3_expanded_sql(traced);
        static_cast<SameSelects*>(self)->noted_.emplace_back(sqlite3_sql(traced), expanded ? expanded : "");
        sqlite3_free(expanded);
        return 0;
      },
      this);
}

void SameSelects::take() {
  sqlite3_trace_v2(database_.handle(), 0, nullptr, nullptr);
  for (const auto& [sql, expanded] : noted_) {
    Select select{database_.prepared(sql).handle(), {}};
    select.parameters.resize(static_cast<std::size_t>(sqlite3_bind_parameter_count(select.statement)));
    // Goes through both texts side by side: where `sql` has ?N, `expanded` has the literal of its value.
    std::size_t at = 0;
    for (std::size_t i = 0; i < sql.size();) {
      if (sql[i] != '?') {
        if (at >= expanded.size() || sql[i] != expanded[at]) throw std::runtime_error("not understood: " + expanded);
        ++i, ++at;
        continue;
      }
      std::size_t number = 0;
      for (++i; i < sql.size() && is_digit(sql[i]); ++i) number = number * 10 + static_cast<std::size_t>(sql[i] - '0');
      const std::size_t end = literal_end(expanded, at);
      const std::string literal = expanded.substr(at, end - at);
      Value& value = select.parameters.at(number - 1);
      if (literal.starts_with('\''))
        value = unquoted(literal);
      else if (literal != "NULL")
        value = static_cast<std::int64_t>(std::stoll(literal));
      at = end;
    }
    selects_.push_back(std::move(select));
  }
}

std::size_t SameSelects::run() const {
  std::size_t values = 0;
  for (const Select& select : selects_) {
    sqlite3_stmt* statement = select.statement;
    for (std::size_t i = 0; i < select.parameters.size(); ++i) {
      const int number = static_cast<int>(i) + 1;
      if (const auto* integer = std::get_if<std::int64_t>(&select.parameters[i]))
        sqlite3_bind_int64(statement, number, *integer);
      else if (const auto* text = std::get_if<std::string>(&select.parameters[i]))
        sqlite3_bind_text(statement, number, text->data(), static_cast<int>(text->size()), SQLITE_STATIC);
      else
        sqlite3_bind_null(statement, number);
    }
    const int columns = sqlite3_column_count(statement);
    while (sqlite3_step(statement) == SQLITE_ROW)
      for (int column = 0; column < columns; ++column) switch (sqlite3_column_type(statement, column)) {
          case SQLITE_NULL:
            break;
          case SQLITE_INTEGER:
            values += static_cast<std::size_t>(sqlite3_column_int64(statement, column) >= 0);
            break;
          default:
            values += static_cast<std::size_t>(sqlite3_column_text(statement, column) != nullptr);
        }
    sqlite3_reset(statement);
  }
  return values;
}

}  // namespace virtsql::bench
