#include "core/schema/markdown.h"

#include "core/schema/ddl.h"
#include "core/schema/schema_text.h"
#include "core/schema/view_columns.h"

namespace virtsql {
namespace {

// Text for a table cell.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '*') out += '\\';
    out += c;
  }
  return out;
}

std::string code(std::string_view text) { return text.empty() ? "" : "`" + std::string(text) + "`"; }

void add_row(std::string& out, std::string_view name, std::string_view type, std::string_view path,
             std::string_view doc) {
  out += "| " + code(name) + " | " + std::string(type) + " | " + code(path) + " | " + cell(doc) + " |\n";
}

void add_table(std::string& out, const Table& table) {
  out += "\n## " + table.name + "\n\n" + cell(table.doc);
  if (table.attachment) {
    out += std::string(table.host_scoped ? " A real thing of one host, shared by the VMs that name it."
                                         : " A hardware model: one row per distinct configuration.") +
           " Attached by [" + table.attachment->name + "](#" + table.attachment->name + ").";
  }
  if (table.resource) out += " Attaches [" + table.resource->name + "](#" + table.resource->name + ").";
  if (table.owner)
    out += std::string(table.one_per_owner ? " At most one row" : " Rows") + " per row of [" + table.owner->name +
           "](#" + table.owner->name + ").";
  out += "\n\n| column | type | XML | meaning |\n| --- | --- | --- | --- |\n";
  for (const HousekeepingColumn& column : housekeeping_columns(table)) add_row(out, column.name, "", "", column.doc);
  for (const auto& column : table.columns)
    add_row(out, column->name, type_name(column->type), column->xml_path, column->doc);
  const Table& device = table.attachment ? *table.attachment : table;
  for (const Computed& column : table.computed)
    add_row(out, column.name, is_in_view_alone(column) ? "generated, in " + view_name(device) : "generated", "",
            column.doc);
}

}  // namespace

std::string schema_markdown(const Catalog& catalog) {
  std::string out =
      "# Schema\n\n"
      "Made from `core/catalog/` by `virtsql-catalog schema`; do not edit. In SQL: `SELECT * FROM virtsql_catalog`.\n\n"
      "- Columns keep values as libvirt spells them. Numbers are stored as numbers where their spelling is the usual "
      "one: "
      "compare them with numbers. `generated` columns are computed from others for querying.\n"
      "- Types: `flag` is 1 where the element is there, else NULL; `size` has its unit in a column of its own and its "
      "bytes "
      "in a generated one; `hex` is text as libvirt writes it.\n"
      "- `id`, `position`, `layout` and `child_tables` are housekeeping and need no values when you insert rows.\n";
  for (const Table* table : catalog.tables()) add_table(out, *table);
  out += "\n## Tables that are not libvirt's XML\n\n```sql\n" + std::string(kSchemaSql) + "```\n";
  return out;
}

}  // namespace virtsql
