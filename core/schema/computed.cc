#include "core/schema/computed.h"

#include <cassert>
#include <tuple>
#include <utility>

#include "core/base/units.h"
#include "core/schema/sql_name.h"

namespace virtsql {
namespace {

// JSON is made without SQLite's JSON functions: if trusted_schema is OFF, SQLite 3.40 refuses a whole schema that uses
// them. JSON's own quotes are first written as U+FFFF, a character that XML cannot have, so that escaping the values
// leaves them alone; then they become quotes.
constexpr char kJsonQuote[] = "\xEF\xBF\xBF";

// SQL for the text `before`, followed by the column's value, in quotes unless it is a number. NULL if the column is
// NULL.
std::string json_part(const std::string& before, const Column& column, const ColumnSql& sql_of) {
  if (is_numeric(column.type)) return "'" + before + "'||" + sql_of(column);
  return "'" + before + kJsonQuote + "'||" + sql_of(column) + "||'" + kJsonQuote + "'";
}

// SQL for the parts as a JSON object or array. It leaves out parts that are NULL, and is NULL if all are. format()
// takes half the time of joining the parts with ||.
std::string json_sql(const Computed& computed, const ColumnSql& sql_of) {
  const bool object = computed.kind == Computed::Kind::kJsonObject;
  std::string conversions;
  std::string values;
  for (const Computed::Part& part : computed.parts) {
    conversions += "%s";
    const std::string member = object ? kJsonQuote + part.name + kJsonQuote + ":" : "";
    values += "," + json_part("," + member, *part.column, sql_of);
  }
  std::string escaped = "substr(format('" + conversions + "'" + values + "),2)";
  for (const auto& [from, to] : {std::pair("'\\'", "'\\\\'"),
                                 {"'\"'", "'\\\"'"},
                                 {"char(9)", "'\\t'"},
                                 {"char(10)", "'\\n'"},
                                 {"char(13)", "'\\r'"}})
    escaped = "replace(" + escaped + "," + from + "," + to + ")";
  return std::string("'") + (object ? '{' : '[') + "'||nullif(replace(" + escaped + ",'" + kJsonQuote +
         "','\"'),'')||'" + (object ? '}' : ']') + "'";
}

std::string bytes_sql(const Computed& computed, const ColumnSql& sql_of) {
  return size_in_bytes_sql(sql_of(*computed.parts[0].column),
                           computed.parts.size() == 1 ? "" : sql_of(*computed.parts[1].column), computed.default_unit);
}

// The column of the named part, or nullptr.
const Column* part(const Computed& computed, std::string_view name) {
  for (const Computed::Part& part : computed.parts)
    if (part.name == name) return part.column;
  return nullptr;
}

std::string pci_sql(const Computed& computed, const ColumnSql& sql_of) {
  // libvirt writes 0x and all digits: cutting off the 0x is enough (`usual`). Any other spelling takes the slower
  // `any`.
  std::string spelled;
  std::string usual;
  std::string any;
  for (const auto& [name, width, separator] :
       {std::tuple("domain", 4, ""), {"bus", 2, "||':'||"}, {"slot", 2, "||':'||"}, {"function", 1, "||'.'||"}}) {
    const Column* column = part(computed, name);
    const std::string sql = column ? sql_of(*column) : "";
    const std::string digits = std::to_string(width);
    usual += separator + (column ? "substr(" + sql + ",3)" : "'0'");
    any += separator;
    if (!column) {
      any += "'0'";
      continue;
    }
    spelled += (spelled.empty() ? "" : " AND ") + ("length(" + sql + ")=" + std::to_string(width + 2));
    any += "CASE WHEN lower(substr(" + sql + ",1,2))='0x' THEN substr('" +
           std::string(static_cast<std::size_t>(width), '0') + "'||lower(substr(" + sql + ",3)),-" + digits +
           ") ELSE printf('%0" + digits + "x',coalesce(" + sql + ",0)) END";
  }
  std::string types;
  for (const Computed::Part& part : computed.parts)
    if (part.name == "type") types += sql_of(*part.column) + ",";
  return "CASE WHEN " + (types.empty() ? "" : "coalesce(" + types + "'pci')='pci' AND ") +
         sql_of(*part(computed, "slot")) + " IS NOT NULL THEN CASE WHEN " + spelled + " THEN lower(" + usual +
         ") ELSE " + any + " END END";
}

// SQL for what follows the first `before` in `text`; NULL if `before` is not in it. Both arguments are SQL.
std::string behind_sql(const std::string& text, const std::string& before) {
  return "substr(" + text + ",nullif(instr(" + text + "," + before + "),0)+length(" + before + "))";
}

// SQL for the part of `text` before its first quote. The values that are read here contain no quote.
std::string up_to_quote_sql(const std::string& text) { return "substr(" + text + ",1,instr(" + text + ",'\"')-1)"; }

std::string element_name_sql(const std::string& json) { return up_to_quote_sql("substr(" + json + ",3)"); }

}  // namespace

std::string_view computed_type(const Computed& computed) {
  return computed.kind == Computed::Kind::kBytes ? "INTEGER" : "TEXT";
}

std::string computed_sql(const Computed& computed) {
  return computed_sql(computed, [](const Column& column) { return sql_name(column.name); });
}

std::string computed_sql(const Computed& computed, const ColumnSql& sql_of) {
  const std::string first = sql_of(*computed.parts.front().column);
  switch (computed.kind) {
    case Computed::Kind::kBytes:
      return bytes_sql(computed, sql_of);
    case Computed::Kind::kPciAddress:
      return pci_sql(computed, sql_of);
    case Computed::Kind::kJsonObject:
    case Computed::Kind::kJsonArray:
      return json_sql(computed, sql_of);
    case Computed::Kind::kElementName:
      return element_name_sql(first);
    case Computed::Kind::kElementNamespace: {
      // "@xmlns:PREFIX":"URI"
      const std::string name = element_name_sql(first);
      const std::string prefix = "rtrim(':'||substr(" + name + ",1,instr(" + name + ",':')-1),':')";
      return up_to_quote_sql(behind_sql(first, "('\"@xmlns'||" + prefix + "||'\":\"')"));
    }
    case Computed::Kind::kMember:
      return up_to_quote_sql(behind_sql(first, "'\"" + computed.parts[0].name + "\":\"'"));
  }
  assert(false);
  return "NULL";
}

}  // namespace virtsql
