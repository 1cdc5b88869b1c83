#include "core/store/schema_objects.h"

#include <algorithm>
#include <bit>
#include <map>

#include "core/base/letters.h"
#include "core/base/lines.h"
#include "core/base/sha256.h"
#include "core/schema/ddl.h"
#include "core/schema/table_text.h"
#include "core/store/first_schemas.h"

namespace virtsql {
namespace {

// Takes the next word, which may be in double quotes, off the beginning of the text.
std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const bool quoted = text.starts_with('"');
  const std::size_t end = std::min(quoted ? text.find('"', 1) : text.find_first_of(" (\n"), text.size());
  const std::string_view word = text.substr(quoted ? 1 : 0, end - (quoted ? 1 : 0));
  text.remove_prefix(std::min(end + (quoted ? 1 : 0), text.size()));
  return word;
}

// Returns what SQLite would have in sqlite_master after the CREATE statement. To let SQLite run the statements is a
// hundred times slower, because it searches the whole of sqlite_master for each.
SchemaObject read_statement(std::string_view sql) {
  SchemaObject out;
  out.sql = sql.substr(0, sql.rfind(';'));
  std::string_view rest = sql;
  take_word(rest);
  std::string_view type = take_word(rest);
  if (type == "UNIQUE") type = take_word(rest);
  for (const char c : type) out.type += static_cast<char>(c | 0x20);
  out.table = out.name = take_word(rest);
  while (out.type == "index" || out.type == "trigger")
    if (take_word(rest) == "ON") {
      out.table = take_word(rest);
      break;
    }
  return out;
}

bool is_trigger(const SchemaObject& object) { return object.type == "trigger"; }

// Returns the first object of the name that is a trigger, or that is none.
const SchemaObject* find_named(const std::vector<SchemaObject>& objects, std::string_view name, bool trigger) {
  const auto same = [](char a, char b) { return lower_case(a) == lower_case(b); };
  const auto found = std::find_if(objects.begin(), objects.end(), [&](const SchemaObject& each) {
    return each.name.size() == name.size() && is_trigger(each) == trigger &&
           std::equal(name.begin(), name.end(), each.name.begin(), same);
  });
  return found == objects.end() ? nullptr : &*found;
}

}  // namespace

std::vector<SchemaObject> read_objects(Database& database) {
  std::vector<SchemaObject> out;
  Statement statement(database.handle(),
                      "SELECT type, name, tbl_name, sql FROM main.sqlite_master WHERE sql IS NOT NULL AND name NOT "
                      "GLOB 'sqlite_*' ORDER BY rowid");
  while (statement.step())
    out.push_back({std::string(statement.get_text(0)), std::string(statement.get_text(1)),
                   std::string(statement.get_text(2)), std::string(statement.get_text(3))});
  return out;
}

const SchemaObject* find_object(const std::vector<SchemaObject>& objects, std::string_view name) {
  return find_named(objects, name, false);
}

const SchemaObject* find_object(const std::vector<SchemaObject>& objects, const SchemaObject& other) {
  return find_named(objects, other.name, is_trigger(other));
}

std::vector<SchemaObject> wanted_objects(const Catalog& catalog) {
  std::vector<SchemaObject> out;
  std::string statement;
  const std::string ddl = schema_ddl(catalog);
  for (const std::string_view line : lines_of(ddl)) {
    if (statement.empty() && (line.empty() || line.starts_with("--"))) continue;
    statement.append(line).append("\n");
    if (!line.ends_with(";") || sqlite3_complete(statement.c_str()) == 0) continue;
    out.push_back(read_statement(statement));
    statement.clear();
  }
  return out;
}

std::optional<std::int64_t> sql_digest(const SchemaObject& object) {
  if (object.type != "view" && !is_trigger(object)) return std::nullopt;
  std::uint64_t out = 0;
  for (const char byte : sha256(object.sql).substr(0, sizeof out)) out = out << 8U | static_cast<unsigned char>(byte);
  return std::bit_cast<std::int64_t>(out);
}

OwnObjects::OwnObjects(Database& database, const std::vector<SchemaObject>& there,
                       const std::vector<SchemaObject>& wanted, int version) {
  const SchemaObject* const list = find_object(there, "virtsql_objects");
  if (!list) {
    const FirstSchema first(version);
    for (const SchemaObject& object : there)
      if (first.has(object)) own_.emplace(object.type, object.name);
    return;
  }
  const bool has_digests = read_table_text(list->sql).find("sql_digest") != nullptr;
  std::map<std::string, std::optional<std::int64_t>> names;
  Statement statement(database.handle(), std::string("SELECT name, ") + (has_digests ? "sql_digest" : "NULL") +
                                             " FROM main.virtsql_objects");
  while (statement.step())
    names.emplace(statement.get_text(0), statement.is_null(1) ? std::nullopt : std::optional(statement.get_int(1)));
  for (const SchemaObject& object : there) {
    const auto listed = names.find(object.name);
    if (listed == names.end()) continue;
    // Somebody made a view of their own in the place of ours.
    if (const auto digest = sql_digest(object); digest && listed->second && digest != listed->second) continue;
    // A trigger of ours and a table of somebody else may have one name (disks_deleted).
    const bool trigger = is_trigger(object);
    const bool alone = !find_named(there, object.name, !trigger);
    // Somebody dropped a view of ours and made a table of its name. A schema of ours that makes another type of a name
    // raises the number.
    const SchemaObject* const now = find_named(wanted, object.name, trigger);
    const bool raised = version != 0 && version < kSchemaVersion;
    if (now && now->type != object.type && !raised) continue;
    if (now || (!find_named(wanted, object.name, !trigger) && (alone || trigger)))
      own_.emplace(object.type, object.name);
  }
}

}  // namespace virtsql
