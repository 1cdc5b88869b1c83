#include "core/schema/postgresql.h"

#include <algorithm>
#include <cassert>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/hex.h"
#include "core/base/sha256.h"
#include "core/base/sql_quote.h"
#include "core/schema/fleet_query.h"
#include "core/schema/fleet_sql.h"
#include "core/schema/fleet_tables.h"
#include "core/schema/fleet_views.h"
#include "core/schema/sql_name.h"

namespace virtsql {
namespace {

std::string_view hand_written(std::string_view name) {
  for (const EmbeddedText& text : kFleetSql)
    if (text.name == name) return text.text;
  assert(false && "sql/fleet/ has the file");
  return {};
}

// The text of history.sql with the columns of `captures`, which stand in it as {captures: ...}: `name`, `c.name`,
// `r.name` and `name type` for each, and `definition` as in CREATE TABLE. `named by rows` is a query for the captures
// that rows of the other tables were made from.
std::string history_text(const std::vector<FleetTable>& tables) {
  std::string names;
  std::string of_c;
  std::string of_r;
  std::string types;
  std::string definitions;
  const auto add = [](std::string& list, const std::string& one) { list += (list.empty() ? "" : ", ") + one; };
  for (const FleetColumn& column : fleet_capture_columns()) {
    const std::string type = column.name + " " + std::string(postgresql_type(column.type));
    add(names, column.name);
    add(of_c, "c." + column.name);
    add(of_r, "r." + column.name);
    add(types, type);
    add(definitions, type + (column.name == "id" || column.name == "seq" ? " NOT NULL" : ""));
  }
  std::string named;
  for (const FleetTable& table : tables)
    if (std::any_of(table.columns.begin(), table.columns.end(),
                    [](const FleetColumn& column) { return column.name == "capture_id"; }))
      named += (named.empty() ? "SELECT t.source_id, t.capture_id FROM virtsql."
                              : " UNION ALL SELECT t.source_id, t.capture_id FROM virtsql.") +
               table.name + " AS t";
  std::string out(hand_written("history.sql"));
  for (const auto& [mark, columns] : {std::pair<std::string_view, const std::string&>{"{captures: name}", names},
                                      {"{captures: c.name}", of_c},
                                      {"{captures: r.name}", of_r},
                                      {"{captures: name type}", types},
                                      {"{captures: definition}", definitions},
                                      {"{captures: named by rows}", named}})
    for (std::size_t at = out.find(mark); at != std::string::npos; at = out.find(mark, at + columns.size()))
      out.replace(at, mark.size(), columns);
  return out;
}

std::string qualified(const std::string& name) { return "virtsql." + quote_identifier(name); }

// The SQL of one table, its indexes and its function put_<table>().
class FleetTableDdl {
 public:
  explicit FleetTableDdl(const FleetTable& table) : table_(table) {}

  std::string table() const {
    std::vector<std::string> columns;
    if (table_.of_vm) columns.emplace_back("vm_uuid uuid NOT NULL");
    columns.emplace_back("source_id integer NOT NULL");
    for (const FleetColumn& column : table_.columns) columns.push_back(definition(column));
    columns.emplace_back("extra jsonb");
    columns.push_back("PRIMARY KEY (" + join(key(), ", ") + ")");
    std::string out = "CREATE TABLE IF NOT EXISTS " + qualified(table_.name) + " (\n  " + join(columns, ",\n  ") +
                      "\n);\nCOMMENT ON TABLE " + qualified(table_.name) + " IS " + sql_literal(table_.doc) + ";\n";
    return out;
  }

  // Adds the columns that are missing in a store that an older program made: CREATE TABLE IF NOT EXISTS leaves an
  // existing table as it is.
  std::string added_columns() const {
    std::vector<std::string> columns;
    std::vector<std::string> indexed;
    for (const FleetColumn& column : table_.columns) {
      if (column.name == table_.id) continue;
      columns.push_back(sql_literal(column.name) + "," + sql_literal(postgresql_type(column.type)));
      if (column.looked_up) indexed.push_back(column.name);
    }
    return "SELECT pg_temp.add_columns(" + sql_literal(table_.name) + ", ARRAY[" + join(columns, ",") + "], " +
           sql_literal("{" + join(indexed, ",") + "}") + ");\n";
  }

  // The primary key finds the rows of a VM. Indexes find the rows that belong to another row, the attachments of a
  // host's resource, and what people look up. They are few, because each costs every push.
  std::string indexes() const {
    std::string out;
    if (table_.of_vm && !table_.owner.empty()) out += index("owner", {table_.owner_key, "source_id"});
    if (table_.of_vm && table_.has_children && !is_vms()) out += index("id", {"id", "source_id"});
    if (!table_.of_vm && !table_.owner.empty()) out += index("owner", {table_.owner_key, "source_id"});
    if (!table_.resource_key.empty()) out += index("resource", {table_.resource_key, "source_id"});
    if (table_.of_vm && has_column("host_id")) out += index("host", {"host_id", "source_id"});
    // Few VMs have drifted, and everybody asks for these.
    if (is_vms()) out += index("drifted", {"source_id"}, "sync_status = 'DRIFTED'");
    for (const FleetColumn& column : table_.columns)
      if (column.looked_up) out += index(column.name, {column.name}, quote_identifier(column.name) + " IS NOT NULL");
    return out;
  }

  // The function put_<table>(): upserts the rows that differ, then deletes the rows that are not among `rows`, and
  // returns how many rows it changed. It touches only rows in `scope`: those of the VMs, or those with ids from first
  // to last. If the store has no rows there, as at the first push, it inserts without ON CONFLICT: looking for
  // conflicts costs a third of that.
  std::string function() const {
    const std::string name = qualified("put_" + table_.name);
    std::vector<std::string> inserted;
    std::vector<std::string> selected;
    std::vector<std::string> record;
    std::vector<std::string> assignments;
    std::vector<std::string> before;
    std::vector<std::string> after;
    if (table_.of_vm) {
      inserted.emplace_back("vm_uuid");
      selected.emplace_back("r.vm_uuid");
      record.emplace_back("vm_uuid uuid");
    }
    inserted.emplace_back("source_id");
    selected.emplace_back("own");
    const auto add = [&](const std::string& column, std::string_view type, bool is_key) {
      const std::string quoted = quote_identifier(column);
      inserted.push_back(quoted);
      selected.push_back("r." + quoted);
      record.push_back(quoted + " " + std::string(type));
      if (is_key) return;
      assignments.push_back(quoted + " = excluded." + quoted);
      before.push_back("t." + quoted);
      after.push_back("excluded." + quoted);
    };
    for (const FleetColumn& column : table_.columns)
      add(column.name, postgresql_type(column.type), column.name == table_.id && !is_vms());
    add("extra", "jsonb", false);
    const std::string id = quote_identifier(table_.id);
    const std::string scope = table_.of_vm ? ".vm_uuid = ANY (vms)" : "." + id + " BETWEEN first AND last";
    const std::string insertion = "INSERT INTO " + qualified(table_.name) + " AS t (" + join(inserted, ", ") +
                                  ")\n  SELECT " + join(selected, ", ") + "\n  FROM jsonb_to_recordset(rows) AS r(" +
                                  join(record, ", ") + ")\n  WHERE r" + scope;
    return "CREATE OR REPLACE FUNCTION " + name + "(" + (table_.of_vm ? "vms uuid[]" : "first bigint, last bigint") +
           ", rows jsonb) RETURNS bigint\nLANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS "
           "$$\n"
           "#variable_conflict use_variable\nDECLARE own integer := virtsql.own_source(); changed bigint; gone "
           "bigint;\nBEGIN\n  IF NOT EXISTS (SELECT FROM " +
           qualified(table_.name) + " AS t WHERE t.source_id = own AND t" + scope + ") THEN\n  " + insertion +
           ";\n  GET DIAGNOSTICS changed = ROW_COUNT;\n  RETURN changed;\n  END IF;\n  " + insertion +
           "\n  ON CONFLICT (" + join(key(), ", ") + ") DO UPDATE SET " + join(assignments, ", ") + "\n  WHERE (" +
           join(before, ", ") + ") IS DISTINCT FROM (" + join(after, ", ") +
           ");\n  GET DIAGNOSTICS changed = ROW_COUNT;\n  DELETE FROM " + qualified(table_.name) +
           " AS t\n  WHERE t.source_id = own AND t" + scope + " AND " + not_among_rows(id) +
           ";\n  GET DIAGNOSTICS gone = ROW_COUNT;\n  RETURN changed + gone;\nEND $$;\n";
  }

  std::string drop_of_vms() const {
    return "  DELETE FROM " + qualified(table_.name) + " AS t WHERE t.vm_uuid = ANY (vms) AND t.source_id = own;\n";
  }

  std::string drop_of_source() const {
    return "  DELETE FROM " + qualified(table_.name) + " AS t WHERE t.source_id = source;\n";
  }

 private:
  // Whether this is virtual_machines. A source has one row of it for a VM, so the id is a value like any other and not
  // part of the key.
  bool is_vms() const { return table_.of_vm && table_.owner.empty() && table_.owner_key != "vm_uuid"; }

  bool has_column(std::string_view name) const {
    return std::any_of(table_.columns.begin(), table_.columns.end(),
                       [&](const FleetColumn& column) { return column.name == name; });
  }

  std::vector<std::string> key() const {
    std::vector<std::string> out;
    if (table_.of_vm) out.emplace_back("vm_uuid");
    out.emplace_back("source_id");
    if (!is_vms()) out.push_back(quote_identifier(table_.id));
    return out;
  }

  std::string definition(const FleetColumn& column) const {
    return quote_identifier(column.name) + " " + std::string(postgresql_type(column.type)) +
           (column.name == table_.id ? " NOT NULL" : "");
  }

  // Whether a row of the store is none of `rows`. An id alone does not tell: SQLite gives the id of a deleted row to
  // the next one, which may be another VM's. NOT IN hashes the pairs once; a host's own rows are compared with an array
  // of ids. An anti-join over the JSON would take several times as long.
  std::string not_among_rows(const std::string& id) const {
    if (table_.of_vm)
      return "(t.vm_uuid, t." + id + ") NOT IN (SELECT (j->>'vm_uuid')::uuid, (j->>" + sql_literal(table_.id) +
             ")::bigint FROM jsonb_array_elements(rows) AS j)";
    const std::string ids = "coalesce((SELECT array_agg((j->>" + sql_literal(table_.id) +
                            ")::bigint) FROM jsonb_array_elements(rows) AS j), '{}')";
    return "t." + id + " <> ALL (" + ids + ")";
  }

  std::string index(const std::string& suffix, const std::vector<std::string>& columns,
                    const std::string& where = "") const {
    std::vector<std::string> quoted;
    for (const std::string& column : columns) quoted.push_back(quote_identifier(column));
    return "CREATE INDEX IF NOT EXISTS " + quote_identifier(index_name(suffix)) + " ON " + qualified(table_.name) +
           " (" + join(quoted, ", ") + ")" + (where.empty() ? "" : " WHERE " + where) + ";\n";
  }

  // PostgreSQL would cut a name of more than 63 bytes, perhaps to the name of another index.
  std::string index_name(const std::string& suffix) const {
    std::string name = table_.name + "_" + suffix;
    if (name.size() > 63) name = name.substr(0, 54) + "_" + hex(sha256(name)).substr(0, 8);
    return name;
  }

  const FleetTable& table_;
};

// An upgrade adds the columns that a table lacks. Hosts that are newer than the store may have sent values for them
// already: these wait in `extra`, and the upgrade moves them into the new columns. A value that the column cannot hold
// (the text that stands for a number which SQLite cannot hold, {"base64": ...}, a text too long for the column's index)
// stays in `extra`, where the host would put it, as json_row.h says. `columns` has name and type of each in turn;
// `indexed` has the names of those that get an index.
std::string add_columns_function() {
  return R"SQL(
CREATE OR REPLACE FUNCTION pg_temp.fits(value text, type text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('SELECT %L::%s', value, type);
  RETURN true;
EXCEPTION WHEN data_exception THEN RETURN false;
END $$;
CREATE OR REPLACE FUNCTION pg_temp.add_columns(name text, columns text[], indexed text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE one text; type text; kinds text[]; statement text;
BEGIN
  FOR i IN 1 .. coalesce(array_length(columns, 1), 0) BY 2 LOOP
    one := columns[i]; type := columns[i + 1];
    CONTINUE WHEN EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = format('virtsql.%I', name)::regclass AND attname = one AND NOT attisdropped);
    EXECUTE format('ALTER TABLE virtsql.%I ADD COLUMN %I %s', name, one, type);
    kinds := CASE type WHEN 'text' THEN '{string,number}' WHEN 'bytea' THEN '{string}' WHEN 'uuid' THEN '{string}' WHEN 'jsonb' THEN '{}' ELSE '{number}' END;
    statement := format('UPDATE virtsql.%1$I SET %2$I = (extra->>%2$L)::%3$s, extra = nullif(extra - %2$L, ''{}'')
      WHERE jsonb_typeof(extra->%2$L) = ANY ($1)', name, one, type);
    IF one = ANY (indexed) THEN statement := statement || format(' AND octet_length(extra->>%L) <= )SQL" +
         std::to_string(kLongestIndexed) + R"SQL(', one); END IF;
    BEGIN
      EXECUTE statement USING kinds;
    EXCEPTION WHEN data_exception THEN  -- some value does not fit; it takes longer to find out which
      EXECUTE statement || format(' AND pg_temp.fits(extra->>%L, %L)', one, type) USING kinds;
    END;
  END LOOP;
END $$;
)SQL";
}

// Views have no rows, so an upgrade drops them all and creates them again. If somebody else's views depend on them,
// DROP VIEW fails and PostgreSQL names those views.
constexpr std::string_view kDropViews = R"SQL(
DO $$
DECLARE views text;
BEGIN
  SELECT string_agg(c.oid::regclass::text, ', ') INTO views FROM pg_class AS c WHERE c.relnamespace = 'virtsql'::regnamespace AND c.relkind = 'v';
  IF views IS NOT NULL THEN EXECUTE 'DROP VIEW ' || views; END IF;
END $$;
)SQL";

// The views of a host's schema. `virtsql` comes first in the search path, so that they use the store's tables and
// functions.
std::string views_text(const Catalog& catalog) {
  std::string out =
      "\n-- ---- the views that a host's database has ----\nSET LOCAL search_path = virtsql, pg_catalog;\n";
  for (const FleetView& view : fleet_views(catalog)) {
    out += view.sql;
    if (!view.doc.empty()) out += "COMMENT ON VIEW " + qualified(view.name) + " IS " + sql_literal(view.doc) + ";\n";
  }
  return out + "RESET search_path;\n";
}

std::string function_over_tables(const std::string& signature, const std::string& body) {
  return "CREATE OR REPLACE FUNCTION virtsql." + signature +
         " RETURNS void\nLANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS "
         "$$\n#variable_conflict use_variable\n" +
         body + "END $$;\n";
}

}  // namespace

std::string fleet_ddl(const Catalog& catalog) {
  const std::vector<FleetTable> tables = fleet_tables(catalog);
  std::string out(hand_written("store.sql"));
  out += add_columns_function();
  std::string of_vms = "  DELETE FROM virtsql.unplaced AS t WHERE t.vm_uuid = ANY (vms) AND t.source_id = own;\n";
  std::string of_source;
  // drop_rows() also deletes what the store has recorded about the source's rows.
  for (const char* table : {"parts", "unplaced", "refusals"})
    of_source += std::string("  DELETE FROM virtsql.") + table + " AS t WHERE t.source_id = source;\n";
  for (const FleetTable& table : tables) {
    const FleetTableDdl ddl(table);
    out += "\n" + ddl.table() + ddl.added_columns() + ddl.indexes() + ddl.function();
    if (table.of_vm) of_vms += ddl.drop_of_vms();
    of_source += ddl.drop_of_source();
  }
  out += "\n" +
         function_over_tables("drop_vms(vms uuid[])", "DECLARE own integer := virtsql.own_source();\nBEGIN\n" + of_vms);
  out += "\n" + function_over_tables("drop_rows(source integer)", "BEGIN\n" + of_source);
  out += kDropViews;
  out += hand_written("compatible.sql");
  out += history_text(tables);
  out += hand_written("questions.sql");
  out += "\n" + functions_not_in_the_store();
  out += views_text(catalog);
  out += hand_written("roles.sql");
  return out;
}

std::string fleet_schema_sha256(const Catalog& catalog) { return hex(sha256(fleet_ddl(catalog))); }

}  // namespace virtsql
