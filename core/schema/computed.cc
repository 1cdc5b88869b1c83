#include "core/schema/computed.h"

#include <cassert>
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

// One part of a PCI address: how many hexadecimal digits it has, and how many octal ones it can have.
struct PciPart {
  std::string_view name;
  std::size_t digits;
  std::size_t octal_digits;
  std::string_view separator;
};
constexpr PciPart kPciParts[] = {
    {"domain", 4, 6, ""}, {"bus", 2, 3, ":"}, {"slot", 2, 2, ":"}, {"function", 1, 1, "."}};

// SQL for the hexadecimal digits of a part. libvirt reads it as C does: behind 0x in hexadecimal, and behind 0 in
// octal. SQLite takes the octal number for a decimal one, in which each digit but the last counts 10 times as much as
// the next one, and not 8 times. printf() takes NULL for 0.
std::string pci_part_sql(const PciPart& part, const Column& column, const std::string& sql) {
  if (part.octal_digits == 1) return "coalesce(substr(" + sql + ",-1),0)";  // 0 to 7, the same in every spelling
  const std::string print = "printf('%0" + std::to_string(part.digits) + "x'," + sql;
  if (column.type != Type::kHex) return print + ")";
  std::string too_much;
  std::size_t ten = 10;
  std::size_t more = 2;
  for (std::size_t i = 1; i < part.octal_digits; ++i, ten *= 10, more *= 8)
    too_much += (i > 1 ? "+" : "") + sql + "/" + std::to_string(ten) + "*" + std::to_string(more);
  return "CASE WHEN " + sql + " GLOB '0[xX]*' THEN substr('" + std::string(part.digits, '0') + "'||substr(" + sql +
         ",3),-" + std::to_string(part.digits) + ") ELSE " + print + "-(" + sql + " GLOB '0*')*(" + too_much + ")) END";
}

std::string pci_sql(const Computed& computed, const ColumnSql& sql_of) {
  // libvirt writes 0x and all digits: cutting off the 0x is enough (`usual`). Any other spelling takes the slower
  // `any`.
  std::string all;
  std::string spelled;
  std::string usual;
  std::string any;
  for (const PciPart& each : kPciParts) {
    const Column* column = part(computed, each.name);
    const std::string sql = column ? sql_of(*column) : "'0x" + std::string(each.digits, '0') + "'";
    const std::string separator = each.separator.empty() ? "" : "||'" + std::string(each.separator) + "'||";
    all += (all.empty() ? "" : "||") + sql;
    spelled += "0x" + std::string(each.digits, '?');
    usual += separator + "substr(" + sql + ",3)";
    any += separator + (column ? pci_part_sql(each, *column, sql) : "'" + std::string(each.digits, '0') + "'");
  }
  std::string types;
  for (const Computed::Part& part : computed.parts)
    if (part.name == "type") types += sql_of(*part.column) + ",";
  return "CASE WHEN " + (types.empty() ? "" : "coalesce(" + types + "'pci')='pci' AND ") +
         sql_of(*part(computed, "slot")) + " IS NOT NULL THEN lower(CASE WHEN " + all + " GLOB '" + spelled +
         "' THEN " + usual + " ELSE " + any + " END) END";
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
