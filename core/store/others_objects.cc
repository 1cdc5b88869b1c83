#include "core/store/others_objects.h"

#include "core/base/letters.h"
#include "core/base/sql_quote.h"

namespace virtsql {
StoreError cannot_be_kept(const std::string& what, const std::string& why) {
  // The constructor is explicit, so that no braces can make it.
  return StoreError(what + ", which is not virtsql's, cannot be kept (" + why +  // NOLINT(modernize-return-braced-*)
                    "); the database is as it was. Drop it, SELECT virtsql_init(), and make it anew");
}

namespace {

bool has_foreign_keys(const SchemaObject& object) {
  return object.type == "table" && lower_case(object.sql).find("references") != std::string::npos;
}

}  // namespace

OthersObjects::OthersObjects(Database& database, const std::vector<SchemaObject>& others,
                             const std::vector<SchemaObject>& widened)
    : database_(database) {
  for (const SchemaObject& object : others)
    if (object.type == "view" || object.type == "trigger" || has_foreign_keys(object))
      tried_.push_back({"the " + object.type + " " + object.name, object, try_uses(object)});
  for (const SchemaObject& table : widened)
    if (has_foreign_keys(table)) tried_.push_back({"a column of " + table.name, table, try_uses(table)});
}

void OthersObjects::check() {
  for (const Tried& tried : tried_) {
    const std::vector<Verdict> now = try_uses(tried.object);
    for (std::size_t use = 0; use < now.size(); ++use)
      if (now[use].works < tried.before[use].works) throw cannot_be_kept(tried.what, now[use].error);
  }
}

std::string OthersObjects::statement_of(const SchemaObject& object, std::size_t use) {
  const std::string table = "main." + quote_identifier(object.table);
  if (object.type == "view") return "SELECT * FROM " + table;
  if (use == 0) return "INSERT INTO " + table + " DEFAULT VALUES";
  if (use == 1) return "DELETE FROM " + table;
  std::string columns;
  Statement statement(database_.handle(), "SELECT name FROM pragma_table_xinfo(?1, 'main') WHERE hidden = 0");
  statement.bind_text(1, object.table);
  while (statement.step()) {
    const std::string column = quote_identifier(statement.get_text(0));
    columns += (columns.empty() ? "" : ", ") + column + " = " + column;
  }
  return "UPDATE " + table + " SET " + columns;
}

std::vector<OthersObjects::Verdict> OthersObjects::try_uses(const SchemaObject& object) {
  std::vector<Verdict> out(object.type == "view" ? 1 : 3);
  // SQLite prepares triggers and foreign keys only if they are on. A trigger that does not work is not its table's
  // fault.
  const Switched triggers(database_.handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, object.type == "trigger");
  const Switched keys(database_.handle(), SQLITE_DBCONFIG_ENABLE_FKEY, object.type == "table");
  for (std::size_t use = 0; use < out.size(); ++use) {
    for (const Works works : {Works::kYes, Works::kWithNamesAsTexts}) {
      const Switched texts(database_.handle(), SQLITE_DBCONFIG_DQS_DML, works == Works::kWithNamesAsTexts);
      try {
        const Statement prepared(database_.handle(), statement_of(object, use));
        out[use].works = works;
        break;
      } catch (const DatabaseError& error) {
        if (error.primary() != SQLITE_ERROR) throw;
        if (works == Works::kYes) out[use].error = error.what();
      }
    }
  }
  return out;
}

}  // namespace virtsql
