#include "core/schema/sql_name.h"

#include <algorithm>
#include <array>

namespace virtsql {
namespace {

// The reserved words: SQLite or PostgreSQL takes them as names only in quotes.
constexpr std::array<std::string_view, 75> kReserved = {
    "add",     "all",    "alter",  "analyze",  "and",         "any",    "array",   "as",         "asc",       "between",
    "both",    "case",   "cast",   "check",    "collate",     "column", "commit",  "constraint", "create",    "cross",
    "default", "delete", "desc",   "distinct", "do",          "drop",   "else",    "end",        "escape",    "except",
    "exists",  "false",  "fetch",  "for",      "foreign",     "from",   "full",    "grant",      "group",     "having",
    "in",      "index",  "insert", "into",     "is",          "join",   "leading", "left",       "limit",     "not",
    "null",    "offset", "on",     "only",     "or",          "order",  "primary", "references", "returning", "select",
    "set",     "table",  "then",   "to",       "transaction", "true",   "union",   "unique",     "update",    "user",
    "using",   "values", "when",   "where",    "with"};

}  // namespace

std::string sql_name(std::string_view identifier) {
  const bool plain = !identifier.empty() && !(identifier[0] >= '0' && identifier[0] <= '9') &&
                     std::all_of(identifier.begin(), identifier.end(),
                                 [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
  const bool reserved = std::find(kReserved.begin(), kReserved.end(), identifier) != kReserved.end();
  return plain && !reserved ? std::string(identifier) : quote_identifier(identifier);
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (const std::string& part : parts) {
    if (!out.empty()) out += separator;
    out += part;
  }
  return out;
}

std::string join_first(std::vector<std::string> parts, std::size_t most, std::string_view separator) {
  if (parts.size() > most) {
    parts.resize(most);
    parts.emplace_back("...");
  }
  return join(parts, separator);
}

}  // namespace virtsql
