#include "hook/fleet/admin.h"

#include "core/base/sql_quote.h"
#include "core/base/version.h"
#include "core/catalog/catalog.h"
#include "core/schema/ddl.h"
#include "core/schema/postgresql.h"
#include "core/schema/schema_digest.h"

namespace virtsql {
namespace {

// The text as an SQL literal. A backslash needs no escape: Postgres sets standard_conforming_strings, and psql has it
// on.
std::string literal(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out.append(c == '\'' ? 2 : 1, c);
  return out + "'";
}

std::string in_transaction(const std::string& sql) { return "BEGIN;\n" + sql + "COMMIT;\n"; }

// A transaction that runs `body` in a block which has the host's source_id in the variable `source`. It fails if there
// is no such host.
std::string for_source(const std::string& host, const std::string& body) {
  return in_transaction(
      "SET LOCAL ROLE virtsql_owner;\nDO $$\n#variable_conflict use_variable\nDECLARE source integer;\nBEGIN\n"
      "  SELECT s.source_id INTO source FROM virtsql.sources AS s WHERE s.role = " +
      literal(role_of_host(host)) +
      ";\n  IF source IS NULL THEN RAISE EXCEPTION 'no host %; SELECT role, name FROM virtsql.sources lists "
      "them', " +
      literal(host) + "; END IF;\n" + body + "END $$;\n");
}

// Moves rows from `unplaced` into their tables: a newer host sent them before the store had these tables.
constexpr const char* kPlaceRows = R"SQL(
SET LOCAL ROLE virtsql_owner;
DO $$
DECLARE name text;
BEGIN
  FOR name IN SELECT DISTINCT u.table_name FROM virtsql.unplaced AS u WHERE to_regclass(format('virtsql.%I', u.table_name)) IS NOT NULL LOOP
    EXECUTE format('INSERT INTO virtsql.%1$I SELECT (jsonb_populate_record(NULL::virtsql.%1$I,
        u.row_data || jsonb_build_object(''source_id'', u.source_id))).* FROM virtsql.unplaced AS u WHERE u.table_name = %1$L
      ON CONFLICT DO NOTHING', name);
    DELETE FROM virtsql.unplaced AS u WHERE u.table_name = name;
  END LOOP;
END $$;
RESET ROLE;
)SQL";

}  // namespace

std::string role_of_host(const std::string& host) { return "virtsql-" + host; }

std::string init_sql() {
  const Catalog& catalog = Catalog::standard();
  return in_transaction(fleet_ddl(catalog) + kPlaceRows +
                        "UPDATE virtsql.store SET schema_sha256 = " + literal(std::string(kFleetSchemaSha256)) +
                        ", schema_version = " + std::to_string(kSchemaVersion) +
                        ", made_by = " + literal(std::string(program_version())) + ", made_at = now();\n");
}

std::string add_host_sql(const std::string& host, const std::string& password) {
  const std::string role = role_of_host(host);
  const std::string quoted = quote_identifier(role);
  std::string sql = "DO $$ BEGIN\n  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = " + literal(role) +
                    ") THEN CREATE ROLE " + quoted + "; END IF;\nEND $$;\nALTER ROLE " + quoted +
                    " LOGIN;\nGRANT virtsql_host TO " + quoted + ";\n";
  if (!password.empty()) sql += "ALTER ROLE " + quoted + " PASSWORD " + literal(password) + ";\n";
  return in_transaction(sql + "SET LOCAL ROLE virtsql_owner;\nINSERT INTO virtsql.sources (role, name) VALUES (" +
                        literal(role) + ", " + literal(host) +
                        ") ON CONFLICT (role) DO UPDATE SET retired_at = NULL;\n");
}

std::string replace_sql(const std::string& host) {
  return for_source(host, "  UPDATE virtsql.sources AS s SET database_id = NULL WHERE s.source_id = source;\n");
}

std::string retire_sql(const std::string& host) {
  return for_source(host,
                    "  UPDATE virtsql.sources AS s SET retired_at = coalesce(s.retired_at, now()) WHERE s.source_id = "
                    "source;\n  PERFORM virtsql.drop_rows(source);\n") +
         "ALTER ROLE " + quote_identifier(role_of_host(host)) + " NOLOGIN;\n";
}

std::string prune_sql(int days) {
  return in_transaction(
      "SET LOCAL ROLE virtsql_owner;\nSELECT virtsql.make_partitions();\nSELECT virtsql.prune(interval '" +
      std::to_string(days) + " days');\n");
}

std::string doctor_sql() { return "SELECT host, problem FROM virtsql.problems ORDER BY 1, 2"; }

}  // namespace virtsql
