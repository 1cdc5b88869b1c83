// How a schema changes: the tables are put aside under other names, the present schema is made, and what both have is
// copied. The catalog alone decides what the present schema is, so a new column, table, index or trigger needs no
// migration of its own; what is renamed in the catalog needs a statement between the two.
#include "core/store/migrate.h"

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/database.h"
#include "core/schema/ddl.h"
#include "core/store/classify.h"

namespace virtsql {
namespace {

constexpr char kOld[] = "virtsql_old_";

// The first column of the query, with the text as its parameter where it has one.
std::vector<std::string> texts(Database& database, const std::string& sql, std::string_view parameter = {}) {
  std::vector<std::string> out;
  Statement statement(database.handle(), sql);
  if (parameter.data()) statement.bind_text(1, parameter);
  while (statement.step()) out.emplace_back(statement.get_text(0));
  return out;
}

// Settings of the connection that stand in the way, off for a while. They cannot be changed inside a transaction.
class Settings {
 public:
  explicit Settings(Database& database)
      : database_(database),
        foreign_keys_(database.query_int("PRAGMA foreign_keys")),
        legacy_(database.query_int("PRAGMA legacy_alter_table")) {
    // So that renaming a table leaves what others say of it as it is.
    database.execute("PRAGMA foreign_keys = OFF; PRAGMA legacy_alter_table = ON");
  }
  ~Settings() {
    try {
      database_.execute("PRAGMA foreign_keys = " + std::to_string(foreign_keys_) +
                        "; PRAGMA legacy_alter_table = " + std::to_string(legacy_));
    } catch (const DatabaseError&) {
      // Only where there is no memory; the connection is of no use then.
    }
  }
  Settings(const Settings&) = delete;
  Settings& operator=(const Settings&) = delete;

 private:
  Database& database_;
  std::int64_t foreign_keys_;
  std::int64_t legacy_;
};

// Makes a copy of the database under the name, whole and checked.
void copy_database(Database& database, const std::string& copy) {
  std::error_code ignored;
  std::filesystem::remove(copy, ignored);
  texts(database, "VACUUM main INTO ?1", copy);
  texts(database, "ATTACH ?1 AS virtsql_backup", copy);
  const std::vector<std::string> found = texts(database, "PRAGMA virtsql_backup.integrity_check");
  database.execute("DETACH virtsql_backup");
  if (found.size() != 1 || found[0] != "ok")
    throw std::runtime_error("the database is damaged and is not migrated: " + (found.empty() ? "" : found[0]));
}

// The columns of a table that hold something: those that are not computed. None of what is a view by now.
std::vector<std::string> stored_columns(Database& database, const std::string& table) {
  return texts(database,
               "SELECT x.name FROM main.sqlite_master AS m, pragma_table_xinfo(m.name) AS x WHERE m.type = 'table' AND "
               "m.name = ?1 AND x.hidden = 0",
               table);
}

void put_aside(Database& database) {
  const std::string own = "name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
  for (const char* kind : {"trigger", "view", "index"})
    for (const std::string& name :
         texts(database, std::string("SELECT name FROM main.sqlite_master WHERE sql IS NOT NULL AND type = '") + kind +
                             "' AND " + own))
      database.execute(std::string("DROP ") + kind + " main." + quote_identifier(name));
  for (const std::string& name : texts(database, "SELECT name FROM main.sqlite_master WHERE type = 'table' AND " + own))
    database.execute("ALTER TABLE main." + quote_identifier(name) + " RENAME TO " + quote_identifier(kOld + name));
}

void copy_back(Database& database) {
  for (const std::string& old :
       texts(database, "SELECT name FROM main.sqlite_master WHERE type = 'table' AND substr(name, 1, length(?1)) = ?1",
             kOld)) {
    const std::string name = old.substr(std::string_view(kOld).size());
    const std::vector<std::string> before = stored_columns(database, old);
    std::string columns;
    for (const std::string& column : stored_columns(database, name))
      for (const std::string& other : before)
        if (column == other) columns += (columns.empty() ? "" : ", ") + quote_identifier(column);
    if (!columns.empty())
      database.execute("INSERT INTO main." + quote_identifier(name) + " (" + columns + ") SELECT " + columns +
                       " FROM main." + quote_identifier(old));
    database.execute("DROP TABLE main." + quote_identifier(old));
  }
}

}  // namespace

void migrate(const std::string& path, const Catalog& catalog) {
  Connection connection(path, SQLITE_OPEN_READWRITE);
  Database database(connection.handle());
  const std::string backup = path + ".bak";
  const std::string copy = backup + ".new";
  copy_database(database, copy);
  const Settings settings(database);
  Transaction transaction(database);
  if (database.query_int("PRAGMA main.user_version") >= kSchemaVersion) {
    // Another connection was first: its copy is of the older schema, this one may not be.
    std::filesystem::remove(copy);
    return;
  }
  std::filesystem::permissions(copy, std::filesystem::status(path).permissions());
  std::filesystem::rename(copy, backup);
  put_aside(database);
  database.execute(schema_ddl(catalog));
  const bool has_kinds =
      !texts(database, "SELECT name FROM pragma_table_info('" + std::string(kOld) + "captures') WHERE name = 'kind'")
           .empty();
  copy_back(database);
  if (!has_kinds) classify_captures(database);
  if (const std::vector<std::string> broken = texts(database, "PRAGMA main.foreign_key_check"); !broken.empty())
    throw std::runtime_error("the database is not migrated: rows of " + broken[0] + " refer to what is not there");
  database.execute("PRAGMA main.user_version = " + std::to_string(kSchemaVersion));
  transaction.commit();
}

}  // namespace virtsql
