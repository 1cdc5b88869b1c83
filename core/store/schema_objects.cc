#include "core/store/schema_objects.h"

#include <algorithm>
#include <iterator>

#include "core/schema/ddl.h"

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

// Whether the generator of schema versions 1 to 3 wrote the object.
bool is_of_first_schemas(const SchemaObject& object) {
  constexpr std::string_view kFixed[] = {
      "hosts", "documents", "captures", "vendor_options", "virtumancer_imports", "captures_vm", "vendor_options_owner",
      "vendor_options_vm", "virtumancer_imports_vm", "virtumancer_imports_source",
      // Tables until schema version 2, views since.
      "attachment_indices", "device_addresses", "device_aliases", "volume_attachments"};
  if (std::find(std::begin(kFixed), std::end(kFixed), object.name) != std::end(kFixed)) return true;
  const std::string prefix = "\"" + object.table + "_";
  if (object.table == "attachment_indices") return true;
  if (object.type == "table")
    return object.sql.starts_with("CREATE TABLE \"" + object.name + "\" (\n  \"id\" INTEGER PRIMARY KEY,\n");
  if (object.type == "view")
    return object.name.starts_with("vm_") &&
           object.sql.find(" AS t JOIN virtual_machines AS v ON ") != std::string::npos;
  if (object.type == "index")
    return object.sql.starts_with("CREATE INDEX " + prefix) || object.sql.starts_with("CREATE UNIQUE INDEX " + prefix);
  return object.sql.starts_with("CREATE TRIGGER " + prefix) ||
         (object.table.starts_with("vm_") && object.name.starts_with(object.table + "_"));
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
  const auto found =
      std::find_if(objects.begin(), objects.end(), [&](const SchemaObject& each) { return each.name == name; });
  return found == objects.end() ? nullptr : &*found;
}

std::vector<SchemaObject> wanted_objects(const Catalog& catalog) {
  std::vector<SchemaObject> out;
  std::string statement;
  const std::string ddl = schema_ddl(catalog);
  for (std::size_t at = 0; at < ddl.size();) {
    const std::size_t end = std::min(ddl.find('\n', at), ddl.size() - 1) + 1;
    const std::string_view line = std::string_view(ddl).substr(at, end - at);
    at = end;
    if (statement.empty() && (line == "\n" || line.starts_with("--"))) continue;
    statement += line;
    if (!line.ends_with(";\n") || sqlite3_complete(statement.c_str()) == 0) continue;
    out.push_back(read_statement(statement));
    statement.clear();
  }
  return out;
}

std::set<std::string> own_names(Database& database, const std::vector<SchemaObject>& there) {
  std::set<std::string> out;
  if (find_object(there, "virtsql_objects")) {
    Statement statement(database.handle(), "SELECT name FROM main.virtsql_objects");
    while (statement.step()) out.emplace(statement.get_text(0));
  } else {
    for (const SchemaObject& object : there)
      if (is_of_first_schemas(object)) out.insert(object.name);
  }
  return out;
}

}  // namespace virtsql
