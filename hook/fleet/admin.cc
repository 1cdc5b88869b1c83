#include "hook/fleet/admin.h"

#include "core/base/sql_quote.h"
#include "core/base/version.h"
#include "core/catalog/catalog.h"
#include "core/schema/ddl.h"
#include "core/schema/fleet_tables.h"
#include "core/schema/postgresql.h"
#include "core/schema/schema_digest.h"

namespace virtsql {
namespace {

// sql_literal() escapes no backslash. It need not: Postgres sets standard_conforming_strings, and psql has it on.

// The text between dollar signs, with a tag that is not in it: a host's name may have dollar signs.
std::string dollar_quoted(const std::string& text) {
  std::string tag = "$virtsql";
  while (text.find(tag) != std::string::npos) tag += '_';
  return tag + "$" + text + tag + "$";
}

// Takes the lock that a push of the host holds, in a block with the variables `source` and `patience`.
std::string wait_for_push() {
  return R"SQL(  PERFORM set_config('lock_timeout', '70s', true);
  BEGIN
    PERFORM pg_advisory_xact_lock(1986622068, source);
  EXCEPTION WHEN lock_not_available THEN
    RAISE EXCEPTION 'a push of this host is at work and does not end: stop virtsql-push there, or end its session (pid %) here',
      )SQL" +
         pusher_sql("source") + R"SQL( USING ERRCODE = 'object_in_use';
  END;
  PERFORM set_config('lock_timeout', patience, true);
)SQL";
}

std::string in_transaction(const std::string& sql) { return "BEGIN;\n" + sql + "COMMIT;\n"; }

// A transaction that runs `body` in a block which has the host's source_id in the variable `source`. It fails if there
// is no such host. It holds the lock that hello() takes, so no push of the host is under way. If one does not end, it
// fails after a time in which the server notices that a pusher vanished. `last` runs behind it in the same transaction,
// as the role that called.
std::string for_source(const std::string& host, const std::string& body, const std::string& last = "") {
  return in_transaction(
      "SET LOCAL ROLE virtsql_owner;\nDO " +
      dollar_quoted("\n#variable_conflict use_variable\nDECLARE source integer; patience text := "
                    "current_setting('lock_timeout');\nBEGIN\n"
                    "  SELECT s.source_id INTO source FROM virtsql.sources AS s WHERE s.role = " +
                    sql_literal(role_of_host(host)) +
                    ";\n  IF source IS NULL THEN RAISE EXCEPTION 'no host %; SELECT role, name FROM virtsql.sources "
                    "lists them', " +
                    sql_literal(host) + "; END IF;\n" + wait_for_push() + body + "END ") +
      ";\nRESET ROLE;\n" + last);
}

// Moves rows from `unplaced` into their tables: a newer host sent them before the store had these tables. Whatever name
// a host gave, only tables of hosts' rows take any. A row that its table refuses stays, and keeps no other row from its
// place; columns that the table lacks go to `extra`, as put_<table>() would have been given them.
std::string place_rows(const Catalog& catalog) {
  std::string tables;
  for (const FleetTable& table : fleet_tables(catalog)) tables += (tables.empty() ? "" : ",") + table.name;
  return R"SQL(
SET LOCAL ROLE virtsql_owner;
DO $$
DECLARE kind record; one record; columns text[]; move text;
BEGIN
  FOR kind IN SELECT DISTINCT u.table_name AS name, u.source_id AS source FROM virtsql.unplaced AS u
      WHERE u.table_name = ANY ()SQL" +
         sql_literal("{" + tables + "}") + R"SQL(::text[]) LOOP
    SELECT array_agg(a.attname) INTO columns FROM pg_attribute AS a
    WHERE a.attrelid = format('virtsql.%I', kind.name)::regclass AND a.attnum > 0 AND NOT a.attisdropped;
    move := format('WITH moved AS (DELETE FROM virtsql.unplaced AS u WHERE u.table_name = %1$L AND u.source_id = $1
        AND ($2 IS NULL OR u.ctid = $2) RETURNING u.source_id, u.row_data AS given)
      INSERT INTO virtsql.%1$I SELECT p.* FROM moved AS m, jsonb_populate_record(NULL::virtsql.%1$I, m.given
        || jsonb_build_object(''source_id'', m.source_id, ''extra'', nullif(CASE jsonb_typeof(m.given->''extra'')
          WHEN ''object'' THEN m.given->''extra'' ELSE ''{}'' END || (m.given - $3), ''{}''))) AS p
      ON CONFLICT DO NOTHING', kind.name);
    BEGIN
      EXECUTE move USING kind.source, NULL::tid, columns;
    EXCEPTION WHEN data_exception OR integrity_constraint_violation OR program_limit_exceeded THEN
      FOR one IN SELECT u.ctid AS place FROM virtsql.unplaced AS u WHERE u.table_name = kind.name AND u.source_id = kind.source LOOP
        BEGIN
          EXECUTE move USING kind.source, one.place, columns;
        EXCEPTION WHEN data_exception OR integrity_constraint_violation OR program_limit_exceeded THEN NULL;
        END;
      END LOOP;
    END;
  END LOOP;
END $$;
RESET ROLE;
)SQL";
}

}  // namespace

std::string pusher_sql(const std::string& source) {
  return "(SELECT min(l.pid) FROM pg_locks AS l WHERE l.locktype = 'advisory' AND l.classid = 1986622068 AND l.objid "
         "= " +
         source +
         " AND l.granted AND l.database = (SELECT d.oid FROM pg_database AS d WHERE d.datname = current_database()))";
}

std::string role_of_host(const std::string& host) { return "virtsql-" + host; }

std::string init_sql() {
  const Catalog& catalog = Catalog::standard();
  return in_transaction(fleet_ddl(catalog) + place_rows(catalog) + "UPDATE virtsql.store SET schema_sha256 = " +
                        sql_literal(kFleetSchemaSha256) + ", schema_version = " + std::to_string(kSchemaVersion) +
                        ", made_by = " + sql_literal(program_version()) + ", made_at = now();\n");
}

std::string add_host_sql(const std::string& host, const std::string& password) {
  const std::string role = role_of_host(host);
  const std::string quoted = quote_identifier(role);
  std::string sql =
      "DO " +
      dollar_quoted(" BEGIN\n  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = " + sql_literal(role) +
                    ") THEN CREATE ROLE " + quoted + "; END IF;\nEND ") +
      ";\nALTER ROLE " + quoted + " LOGIN;\nGRANT virtsql_host TO " + quoted + ";\n";
  if (!password.empty()) sql += "ALTER ROLE " + quoted + " PASSWORD " + sql_literal(password) + ";\n";
  return in_transaction(sql + "SET LOCAL ROLE virtsql_owner;\nINSERT INTO virtsql.sources (role, name) VALUES (" +
                        sql_literal(role) + ", " + sql_literal(host) +
                        ") ON CONFLICT (role) DO UPDATE SET retired_at = NULL;\n");
}

std::string replace_sql(const std::string& host) {
  return for_source(host, "  UPDATE virtsql.sources AS s SET database_id = NULL WHERE s.source_id = source;\n");
}

std::string retire_sql(const std::string& host) {
  return for_source(host,
                    "  UPDATE virtsql.sources AS s SET retired_at = coalesce(s.retired_at, now()) WHERE s.source_id = "
                    "source;\n  PERFORM virtsql.drop_rows(source);\n",
                    "ALTER ROLE " + quote_identifier(role_of_host(host)) + " NOLOGIN;\n");
}

std::string prune_sql(int days) {
  return in_transaction(
      "SET LOCAL ROLE virtsql_owner;\nSELECT virtsql.make_partitions();\nSELECT virtsql.prune(interval '" +
      std::to_string(days) + " days');\n");
}

std::string doctor_sql() { return "SELECT host, problem FROM virtsql.problems ORDER BY 1, 2"; }

}  // namespace virtsql
