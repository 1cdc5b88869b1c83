#include "core/schema/related.h"

#include "core/schema/computed.h"
#include "core/schema/sql_name.h"

namespace virtsql {
namespace {

// SQL for the JSON of the rows of the table that belong to the row with the id `owner_id`: one object, or an array of
// objects in the order of `position`; NULL if there are none. What belongs to these rows is a member of their objects.
// `depth` makes the aliases of nested queries distinct. It uses no JSON functions, because SQLite before 3.41 refuses
// them in an untrusted schema.
std::string json_of_rows(const Table& rows, const std::string& owner_id, int depth) {
  const std::string alias = "j" + std::to_string(depth);
  const auto of = [&](std::string_view column) { return alias + "." + sql_name(column); };
  std::vector<Computed::Part> parts;
  for (const Column* column : rows.columns) parts.push_back({column->name, column});
  Computed members;
  members.kind = Computed::Kind::kJsonObject;
  members.parts = parts;
  std::string object = computed_sql(members, [&](const Column& column) { return of(column.name); });
  std::string nested;
  for (const Related& below : rows.related) {
    constexpr std::string_view kJson = "_json";
    std::string name(below.name);
    if (name.ends_with(kJson)) name.resize(name.size() - kJson.size());
    if (!below.value)
      nested += "||coalesce(',\"" + name + "\":'||" + json_of_rows(*below.rows, of("id"), depth + 1) + ",'')";
  }
  // The trims remove only the object's own braces: within these, it begins with a quoted name and ends with a quoted
  // text or a number.
  if (!nested.empty())
    object = "'{'||nullif(substr(coalesce(','||rtrim(ltrim(" + object + ",'{'),'}'),'')" + nested + ",2),'')||'}'";
  const std::string from =
      " FROM " + sql_name(rows.name) + " " + alias + " WHERE " + of(rows.owner_key) + "=" + owner_id;
  if (rows.one_per_owner) return "(SELECT " + object + from + ")";
  return "(SELECT '['||group_concat(coalesce(o,'{}'))||']' FROM (SELECT " + object + " AS o" + from + " ORDER BY " +
         of("position") + ") AS those)";
}

// SQL for the value of {seen}: of the row of `rows` that has the same value in `same`, or of a row above it, if the
// root row, which has the host, is of the same host.
std::string value_seen(const Related& related, const RelatedRow& row) {
  std::string from = sql_name(related.rows->name);
  const Table* holder = related.rows;
  for (; holder->owner; holder = holder->owner)
    from += " JOIN " + sql_name(holder->owner->name) + " ON " + sql_name(holder->owner->name) +
            ".id=" + sql_name(holder->name) + "." + sql_name(holder->owner_key);
  return "(SELECT " + sql_name(related.value->table->name) + "." + sql_name(related.value->name) + " FROM " + from +
         " WHERE " + sql_name(related.rows->name) + "." + sql_name(related.same->name) + "=" + row.same + " AND " +
         sql_name(holder->name) + ".host_id=" + row.host_id + " LIMIT 1)";
}

// FROM and joins from the rows of a table (`t`) to their VM (`v`, with host, vm_name and vm_uuid). Empty if the rows
// belong neither to a VM directly nor to a device or its resource.
std::string of_vm(const Table& table) {
  const Table* owner = table.owner;
  if (!owner) return "";
  if (owner->is_root())
    return owner->is_vm() ? sql_name(table.name) + " t JOIN virtsql_vm_names v ON v.vm_uuid=t.vm_uuid" : "";
  const Table* attachment = owner->attachment ? owner->attachment : owner;
  if (!attachment->is_device()) return "";
  const std::string key = owner->attachment ? sql_name(attachment->resource_key) : "id";
  return sql_name(table.name) + " t JOIN " + sql_name(attachment->name) + " a ON a." + key + "=t." +
         sql_name(table.owner_key) + " JOIN virtsql_vm_names v ON v.vm_uuid=a.vm_uuid";
}

}  // namespace

std::string related_sql(const Related& related, const RelatedRow& row) {
  return related.value ? value_seen(related, row) : json_of_rows(*related.rows, row.id, 0);
}

std::vector<const Table*> tables_with_related(const Catalog& catalog) {
  std::vector<const Table*> out;
  for (const Table* table : catalog.tables())
    if (!table->related.empty() && !table->is_device() && !table->attachment && !of_vm(*table).empty())
      out.push_back(table);
  return out;
}

std::string related_view_name(const Table& table) { return "vm_" + table.name; }

std::string related_views_ddl(const Catalog& catalog) {
  std::string out;
  for (const Table* table : tables_with_related(catalog)) {
    std::string columns = "v.host,v.vm_name,v.vm_uuid";
    for (const Column* column : table->columns) columns += ",t." + sql_name(column->name);
    for (const Computed& computed : table->computed) columns += ",t." + sql_name(computed.name);
    for (const Related& related : table->related)
      columns += "," + related_sql(related, {"t.id", "", ""}) + " AS " + sql_name(related.name);
    out += "\n-- " + std::string(table->doc) + " With host and VM; to write: " + std::string(table->name) +
           ".\nCREATE VIEW " + related_view_name(*table) + " AS SELECT " + columns + ",t.id FROM " + of_vm(*table) +
           ";\n";
  }
  return out;
}

}  // namespace virtsql
