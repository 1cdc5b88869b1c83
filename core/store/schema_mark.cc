#include "core/store/schema_mark.h"

#include <map>
#include <set>
#include <utility>

#include "core/base/hex.h"
#include "core/base/sha256.h"
#include "core/base/uuid.h"
#include "core/base/version.h"
#include "core/schema/ddl.h"
#include "core/schema/schema_digest.h"

namespace virtsql {
namespace {

bool has_mark_table(Database& database) {
  return database.query_int(
             "SELECT count(*) FROM main.sqlite_master WHERE type = 'table' AND name = 'virtsql_database'") != 0;
}

// A table or column that the catalog names and the database does not have, as `table` or `table.column`; empty if
// everything is there.
std::string missing_name(Database& database, const Catalog& catalog) {
  std::set<std::pair<std::string, std::string>> there;
  Statement statement(database.handle(),
                      "SELECT m.name, x.name FROM main.sqlite_master AS m, pragma_table_xinfo(m.name, 'main') AS x "
                      "WHERE m.type = 'table'");
  while (statement.step()) {
    there.emplace(statement.get_text(0), "");
    there.emplace(statement.get_text(0), statement.get_text(1));
  }
  for (const Table* table : catalog.tables()) {
    std::string name(table->name);
    if (!there.contains({name, ""})) return name;
    for (const HousekeepingColumn& column : housekeeping_columns(*table))
      if (!there.contains({name, column.name})) return name + "." + column.name;
    for (const auto& column : table->columns)
      if (!there.contains({name, std::string(column->name)})) return name + "." + std::string(column->name);
  }
  return {};
}

// The program that made the schema, in words.
std::string maker(const SchemaMark& mark) {
  return mark.made_by.empty() ? "an older virtsql" : "virtsql " + mark.made_by;
}

bool is_newer(const SchemaMark& mark) {
  return mark.version > kSchemaVersion || std::is_gt(compare_versions(mark.made_by, program_version()));
}

}  // namespace

std::string schema_sha256(const Catalog& catalog) {
  return &catalog == &Catalog::standard() ? std::string(kSchemaSha256) : hex(sha256(schema_ddl(catalog)));
}

std::optional<SchemaMark> read_schema_mark(Database& database) {
  const bool marked = has_mark_table(database);
  if (!marked && database.query_int("PRAGMA main.application_id") != kApplicationId) return std::nullopt;
  SchemaMark mark;
  mark.version = static_cast<int>(database.query_int("PRAGMA main.user_version"));
  if (!marked) return mark;
  Statement statement(database.handle(), "SELECT schema_sha256, made_by FROM main.virtsql_database");
  if (statement.step()) {
    mark.sha256 = statement.get_text(0);
    mark.made_by = statement.get_text(1);
  }
  return mark;
}

void write_schema_mark(Database& database, std::string_view digest, std::string_view made_by,
                       const std::vector<SchemaObject>& objects) {
  {
    Statement update(database.handle(), "UPDATE main.virtsql_database SET schema_sha256 = ?1, made_by = ?2");
    update.bind_text(1, digest);
    update.bind_text(2, made_by);
    update.run();
  }
  if (sqlite3_changes(database.handle()) == 0) {
    Statement insert(database.handle(),
                     "INSERT INTO main.virtsql_database (id, created_at, schema_sha256, made_by) SELECT " +
                         std::string(kRandomUuidSql) + ", strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), ?1, ?2");
    insert.bind_text(1, digest);
    insert.bind_text(2, made_by);
    insert.run();
  }
  database.execute("DELETE FROM main.virtsql_objects");
  std::map<std::pair<std::string, std::string>, std::int64_t> digests;
  for (const SchemaObject& object : read_objects(database))
    if (const auto of_sql = sql_digest(object)) digests[{object.type, object.name}] = *of_sql;
  Statement insert(database.handle(), "INSERT INTO main.virtsql_objects (name, sql_digest) VALUES (?1, ?2)");
  for (const SchemaObject& object : objects) {
    insert.bind_text(1, object.name);
    insert.bind_null(2);
    if (const auto known = digests.find({object.type, object.name}); known != digests.end())
      insert.bind_int(2, known->second);
    insert.run();
  }
  database.execute("PRAGMA main.application_id = " + std::to_string(kApplicationId) +
                   "; PRAGMA main.user_version = " + std::to_string(kSchemaVersion));
}

StoreError no_schema() { return StoreError("this is no virtsql database; SELECT virtsql_init() makes the schema"); }

void refuse_newer_schema(const SchemaMark& mark, const Catalog& catalog) {
  if (mark.version > kSchemaVersion)
    throw StoreError("the database has schema version " + std::to_string(mark.version) +
                     ", newer than this virtsql knows (" + std::to_string(kSchemaVersion) + "); upgrade virtsql");
  if (is_newer(mark) && mark.sha256 != schema_sha256(catalog))
    throw StoreError("the schema was made by " + maker(mark) + ", which is newer than this virtsql (" +
                     std::string(program_version()) + "): it is read, not written; upgrade virtsql");
}

void check_schema(Database& database, const Catalog& catalog, Access access) {
  const std::optional<SchemaMark> mark = read_schema_mark(database);
  if (!mark) throw no_schema();
  if (mark->sha256 == schema_sha256(catalog)) return;
  if (mark->sha256.empty()) {
    refuse_newer_schema(*mark, catalog);
    throw StoreError("the database has schema version " + std::to_string(mark->version) +
                     ", older than this virtsql's (" + std::to_string(kSchemaVersion) +
                     "); SELECT virtsql_init() migrates it");
  }
  if (access == Access::kWrite) {
    refuse_newer_schema(*mark, catalog);
    throw StoreError("the schema was made by " + maker(*mark) + ", before this virtsql (" +
                     std::string(program_version()) + "); SELECT virtsql_init() brings it up to date");
  }
  if (const std::string missing = missing_name(database, catalog); !missing.empty())
    throw StoreError("the schema was made by " + maker(*mark) + " and has no " + missing + "; " +
                     (is_newer(*mark) ? "upgrade virtsql" : "SELECT virtsql_init() brings it up to date"));
}

}  // namespace virtsql
