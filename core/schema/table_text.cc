#include "core/schema/table_text.h"

#include <algorithm>
#include <array>

#include "core/base/letters.h"

namespace virtsql {
namespace {

// The statement's text with single spaces and without comments; quoted parts as they are.
std::string normalized(std::string_view sql) {
  std::string out;
  for (std::size_t at = 0; at < sql.size();) {
    const char c = sql[at];
    std::size_t end = at + 1;
    if (sql.substr(at).starts_with("--") || sql.substr(at).starts_with("/*")) {
      const bool line = c == '-';
      end = sql.find(line ? "\n" : "*/", at + 2);
      end = end == std::string_view::npos ? sql.size() : end + (line ? 1 : 2);
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else if (is_white(c)) {
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else if (c == '\'' || c == '"' || c == '`' || c == '[') {
      end = sql.find(c == '[' ? ']' : c, at + 1);
      end = end == std::string_view::npos ? sql.size() : end + 1;
      out += sql.substr(at, end - at);
    } else {
      out += c;
    }
    at = end;
  }
  return out;
}

// Where the part that begins at `from` ends: at a comma, or at the parenthesis that closes the list.
std::size_t end_of_part(std::string_view text, std::size_t from) {
  int depth = 0;
  for (std::size_t at = from; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\'' || c == '"' || c == '`' || c == '[') {
      at = text.find(c == '[' ? ']' : c, at + 1);
      if (at == std::string_view::npos) return text.size();
    } else if (c == '(') {
      ++depth;
    } else if (c == ')') {
      if (depth-- == 0) return at;
    } else if (c == ',' && depth == 0) {
      return at;
    }
  }
  return text.size();
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ') || text.ends_with(';')) text.remove_suffix(1);
  return text;
}

// The name at the front of a definition, without quotes.
std::string name_of(std::string_view definition) {
  const char quote = definition.empty() ? ' ' : definition[0];
  if (quote != '"' && quote != '`' && quote != '[' && quote != '\'') {
    const auto ends = [](char c) {
      return !is_letter_or_digit(c) && c != '_' && c != '$' && static_cast<unsigned char>(c) < 0x80;
    };
    return {definition.begin(), std::find_if(definition.begin(), definition.end(), ends)};
  }
  const char close = quote == '[' ? ']' : quote;
  std::string out;
  for (std::size_t at = 1; at < definition.size(); ++at) {
    if (definition[at] == close) {
      // A quote in a name is written twice.
      if (quote == '[' || at + 1 == definition.size() || definition[at + 1] != close) break;
      ++at;
    }
    out += definition[at];
  }
  return out;
}

bool is_constraint(std::string_view definition) {
  constexpr std::array<std::string_view, 5> kWords = {"constraint", "primary", "unique", "check", "foreign"};
  const std::string_view word = definition.substr(0, definition.find_first_of(" ("));
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view known) { return same_without_case(word, known); });
}

}  // namespace

const TableText::ColumnText* TableText::find(std::string_view name) const {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const ColumnText& column) { return same_without_case(column.name, name); });
  return found == columns.end() ? nullptr : &*found;
}

TableText read_table_text(std::string_view create_table) {
  const std::string text = normalized(create_table);
  TableText out;
  std::size_t at = text.find('(');
  while (at < text.size() && text[at] != ')') {
    const std::size_t end = end_of_part(text, at + 1);
    const std::string part(trimmed(std::string_view(text).substr(at + 1, end - at - 1)));
    if (is_constraint(part))
      out.constraints.push_back(part);
    else
      out.columns.push_back({name_of(part), part});
    at = end;
  }
  if (at < text.size()) out.options = trimmed(std::string_view(text).substr(at + 1));
  return out;
}

}  // namespace virtsql
