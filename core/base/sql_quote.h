// Quotes text for SQL.
#pragma once

#include <string>
#include <string_view>

namespace virtsql {

// Returns the text between two quotes. Each quote inside the text is doubled.
inline std::string in_quotes(std::string_view text, char quote) {
  std::string out(1, quote);
  for (const char c : text) out.append(c == quote ? 2 : 1, c);
  return out + quote;
}

// Returns the text as an SQL text literal.
inline std::string sql_literal(std::string_view text) { return in_quotes(text, '\''); }

// Returns the words as SQL text literals with commas between, as IN takes them.
template <typename Words>
std::string sql_literals(const Words& words) {
  std::string out;
  for (const std::string_view word : words) out += (out.empty() ? "" : ",") + sql_literal(word);
  return out;
}

// Returns the SQL identifier in double quotes.
inline std::string quote_identifier(std::string_view identifier) { return in_quotes(identifier, '"'); }

}  // namespace virtsql
