// How a schema changes: the present schema is made in memory and compared with the database's, object by object.
//
//   1. what is ours and not as it should be is dropped: views, triggers, indexes, and tables that the schema has no
//   more;
//      those that have rows only if the schema's number was raised
//   2. each table of ours gets the columns that it lacks. A table whose columns are defined otherwise, or one without
//      rows, is dropped and made anew; its rows wait in a temporary table meanwhile
//   3. what is missing is created
//   4. indexes and triggers of others on tables that were made anew are put back
//
// No table is renamed: for each rename SQLite reads the whole schema again. The catalog alone decides what the present
// schema is, so a new column, table, index or trigger needs no line here.
//
// What is ours is in virtsql_objects. Older schemas are known by the spelling of what the generator wrote.
#include "core/store/migrate.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "core/base/version.h"
#include "core/schema/ddl.h"
#include "core/schema/table_text.h"
#include "core/spool/config.h"
#include "core/store/adopt.h"
#include "core/store/classify.h"
#include "core/store/lock.h"
#include "core/store/pure_functions.h"
#include "core/store/row_sql.h"
#include "core/store/schema_mark.h"

namespace virtsql {
namespace {

constexpr std::size_t kCopiesKept = 2;

// Columns of ours that a later schema does not have: they go where the database has an older number. Every other column
// that the schema does not have stays, as it may be somebody else's. (Up to version 3 they are known by their
// spelling.)
struct RetiredColumn {
  std::string_view table, column;
  int version;  // kSchemaVersion of the first schema without it
};
constexpr std::array kRetiredColumns = {RetiredColumn{"hosts", "capabilities_json", 4},
                                        RetiredColumn{"hosts", "capabilities_capture_id", 4}};

// A row of sqlite_master.
struct Object {
  std::string type;
  std::string name;
  std::string table;
  std::string sql;
  bool operator==(const Object&) const = default;
};

std::vector<Object> read_objects(Database& database) {
  std::vector<Object> out;
  Statement statement(database.handle(),
                      "SELECT type, name, tbl_name, sql FROM main.sqlite_master WHERE sql IS NOT NULL AND name NOT "
                      "GLOB 'sqlite_*' ORDER BY rowid");
  while (statement.step())
    out.push_back({std::string(statement.get_text(0)), std::string(statement.get_text(1)),
                   std::string(statement.get_text(2)), std::string(statement.get_text(3))});
  return out;
}

const Object* find_object(const std::vector<Object>& objects, std::string_view name) {
  const auto found =
      std::find_if(objects.begin(), objects.end(), [&](const Object& each) { return each.name == name; });
  return found == objects.end() ? nullptr : &*found;
}

// The statement's next word, which may be in double quotes.
std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const bool quoted = text.starts_with('"');
  const std::size_t end = std::min(quoted ? text.find('"', 1) : text.find_first_of(" (\n"), text.size());
  const std::string_view word = text.substr(quoted ? 1 : 0, end - (quoted ? 1 : 0));
  text.remove_prefix(std::min(end + (quoted ? 1 : 0), text.size()));
  return word;
}

// What SQLite would have in sqlite_master after the CREATE statement. To let it make them is a hundred times slower: it
// searches the whole of sqlite_master for each.
Object read_statement(std::string_view sql) {
  Object out;
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

// The objects of the catalog's schema.
std::vector<Object> wanted_objects(const Catalog& catalog) {
  std::vector<Object> out;
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

std::string text_of(Database& database, const std::string& sql, std::string_view parameter) {
  Statement statement(database.handle(), sql);
  statement.bind_text(1, parameter);
  return statement.step() ? std::string(statement.get_text(0)) : std::string();
}

// ---- what is ours

// Whether the generator of schema versions 1 to 3 wrote the object.
bool is_of_first_schemas(const Object& object, const std::vector<Object>& wanted) {
  constexpr std::string_view kFixed[] = {"captures_vm", "vendor_options_owner", "vendor_options_vm",
                                         "virtumancer_imports_vm", "virtumancer_imports_source",
                                         // Until version 2 a table, a view since.
                                         "attachment_indices", "device_addresses", "device_aliases",
                                         "volume_attachments"};
  if (std::find(std::begin(kFixed), std::end(kFixed), object.name) != std::end(kFixed)) return true;
  const std::string prefix = "\"" + object.table + "_";
  if (object.table == "attachment_indices") return true;
  if (object.type == "table")
    return find_object(wanted, object.name) != nullptr ||
           object.sql.starts_with("CREATE TABLE \"" + object.name + "\" (\n  \"id\" INTEGER PRIMARY KEY,\n");
  if (object.type == "view")
    return object.name.starts_with("vm_") &&
           object.sql.find(" AS t JOIN virtual_machines AS v ON ") != std::string::npos;
  if (object.type == "index")
    return object.sql.starts_with("CREATE INDEX " + prefix) || object.sql.starts_with("CREATE UNIQUE INDEX " + prefix);
  return object.sql.starts_with("CREATE TRIGGER " + prefix) ||
         (object.table.starts_with("vm_") && object.name.starts_with(object.table + "_"));
}

// The objects of the database that virtsql made; the rest is somebody else's.
std::set<std::string> own_names(Database& database, const std::vector<Object>& there,
                                const std::vector<Object>& wanted) {
  std::set<std::string> out;
  if (find_object(there, "virtsql_objects")) {
    Statement statement(database.handle(), "SELECT name FROM main.virtsql_objects");
    while (statement.step()) out.emplace(statement.get_text(0));
  } else {
    for (const Object& object : there)
      if (is_of_first_schemas(object, wanted)) out.insert(object.name);
  }
  return out;
}

// ---- the copy

// Of a name that nobody has used: <database>.YYYYmmddTHHMMSS-N.bak. Rising with time.
std::string copy_name(const std::string& path) {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char stamp[32];
  std::strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%S", &utc);
  for (int n = 1;; ++n) {
    std::string name = path + "." + stamp + "-" + std::to_string(n) + ".bak";
    if (!std::filesystem::exists(name)) return name;
  }
}

bool is_copy_name(std::string_view name, std::string_view database) {
  if (!name.starts_with(database) || !name.ends_with(".bak")) return false;
  const std::string_view stamp = name.substr(database.size());
  return stamp.size() > 20 && stamp.starts_with('.') && stamp[9] == 'T' && stamp[16] == '-';
}

void sync(const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC);
  const bool done = fd >= 0 && ::fsync(fd) == 0;
  const int error = errno;
  if (fd >= 0) ::close(fd);
  if (!done) throw std::runtime_error(path + ": " + std::strerror(error));
}

// A copy of the database beside it, whole and checked; taken back unless it is kept.
class Copy {
 public:
  Copy(Database& database, const std::string& path) : path_(path), file_(path + ".bak-XXXXXX") {
    // VACUUM INTO takes an empty file.
    const int fd = ::mkostemp(file_.data(), O_CLOEXEC);
    if (fd < 0) throw std::runtime_error(file_ + ": " + std::strerror(errno));
    ::close(fd);
    try {
      fill(database);
    } catch (...) {
      remove();
      throw;
    }
  }
  ~Copy() {
    if (!kept_) remove();
  }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;

  // Gives it its name; older copies than the newest ones go.
  void keep() {
    std::filesystem::permissions(file_, std::filesystem::status(path_).permissions());
    sync(file_, O_RDWR);
    std::filesystem::rename(file_, copy_name(path_));
    kept_ = true;
    const std::filesystem::path folder = std::filesystem::absolute(path_).parent_path();
    sync(folder.string(), O_RDONLY | O_DIRECTORY);
    const std::string name = std::filesystem::path(path_).filename().string();
    std::vector<std::filesystem::path> copies;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
      if (is_copy_name(entry.path().filename().string(), name)) copies.push_back(entry.path());
    std::sort(copies.begin(), copies.end());
    for (std::size_t i = 0; i + kCopiesKept < copies.size(); ++i) std::filesystem::remove(copies[i]);
  }

 private:
  void fill(Database& database) {
    text_of(database, "VACUUM main INTO ?1", file_);
    const Connection connection(file_, SQLITE_OPEN_READWRITE);
    Database copy(connection.handle());
    Statement check(copy.handle(), "PRAGMA integrity_check(1)");
    check.step();
    if (check.get_text(0) != "ok")
      throw std::runtime_error("the database is damaged and is not migrated: " + std::string(check.get_text(0)));
  }

  void remove() {
    for (const char* suffix : {"", "-journal", "-wal", "-shm"}) {
      std::error_code ignored;
      std::filesystem::remove(file_ + suffix, ignored);
    }
  }

  std::string path_;
  std::string file_;
  bool kept_ = false;
};

// ---- the change

// Columns that SQLite stores, and that a table and its successor both have, in the old one's order.
std::vector<std::string> stored_columns(Database& database, const std::string& table) {
  std::vector<std::string> out;
  Statement statement(database.handle(), "SELECT name FROM pragma_table_xinfo(?1, 'main') WHERE hidden = 0");
  statement.bind_text(1, table);
  while (statement.step()) out.emplace_back(statement.get_text(0));
  return out;
}

class Migration {
 public:
  // `version`: the number that the schema has; 0: it was lost, and is the present one.
  Migration(Database& database, const Catalog& catalog, const std::vector<Object>& wanted, int version)
      : database_(database),
        catalog_(catalog),
        wanted_(wanted),
        raised_(version != 0 && version < kSchemaVersion),
        version_(version),
        there_(read_objects(database)),
        own_(own_names(database, there_, wanted_)) {
    for (const Object& object : wanted_)
      if (const Object* other = find_object(there_, object.name); other && !own_.contains(object.name))
        throw StoreError("the database has a " + other->type + " " + other->name +
                         " that is not virtsql's, where this virtsql needs its own; rename it, then SELECT "
                         "virtsql_init()");
    for (const Object& object : there_) {
      if (!is_retired(object) || raised_ || !has_rows(object.name)) continue;
      if (const Object* other = find_object(wanted_, object.name))
        throw StoreError("the table " + object.name + " has rows, where this virtsql has a " + other->type +
                         "; nothing was done");
      kept_.insert(object.name);
    }
    for (const Object& object : wanted_)
      if (object.type == "table") plan_table(object);
  }

  // Whether a table that has rows is made anew, or goes.
  bool rebuilds() const {
    return std::any_of(rebuilt_.begin(), rebuilt_.end(), [](const auto& each) { return each.second; }) ||
           std::any_of(there_.begin(), there_.end(), [&](const Object& object) {
             return is_retired(object) && !stays(object) && has_rows(object.name);
           });
  }

  // What is ours afterwards: the schema, and tables with rows that it does not have any more.
  std::vector<Object> objects() const {
    std::vector<Object> out = wanted_;
    for (const Object& object : there_)
      if (stays(object)) out.push_back(object);
    return out;
  }

  // REQUIRES: a transaction that writes.
  void run() {
    drop_what_is_replaced();
    for (const auto& [table, columns] : added_)
      for (const std::string& column : columns) add_column(table, column);
    for (const auto& [table, rows] : rebuilt_) rebuild(table, rows);
    create_what_is_missing();
    if (const Object* captures = find_object(there_, "captures");
        captures && !read_table_text(captures->sql).find("kind"))
      classify_captures(database_);
    for (const Element* root : catalog_.roots())
      if (!find_object(there_, root->table->name)) adopt_captures(database_, catalog_, *root);
    check_the_others();
  }

 private:
  void plan_table(const Object& wanted) {
    const Object* object = find_object(there_, wanted.name);
    if (!object || object->type != "table") return;
    const TableText before = read_table_text(object->sql);
    const TableText after = read_table_text(wanted.sql);
    std::vector<std::string> added;
    bool other = before.options != after.options || before.constraints != after.constraints;
    for (const TableText::ColumnText& column : after.columns) {
      const TableText::ColumnText* old = before.find(column.name);
      if (!old)
        added.push_back(column.definition);
      else if (old->definition != column.definition)
        other = true;
    }
    for (const TableText::ColumnText& column : before.columns)
      other = other || (!after.find(column.name) && is_retired(wanted.name, column));
    if (!other && added.empty()) return;
    const bool rows = has_rows(wanted.name);
    if (other || !rows)
      rebuilt_.emplace_back(wanted.name, rows);
    else
      added_.emplace_back(wanted.name, std::move(added));
  }

  bool has_rows(const std::string& table) const {
    return database_.query_int("SELECT EXISTS (SELECT 1 FROM main." + quote_identifier(table) + ")") != 0;
  }

  // Whether it is a table of ours that the present schema does not have, or has as a view.
  bool is_retired(const Object& object) const {
    const Object* wanted = find_object(wanted_, object.name);
    return object.type == "table" && own_.contains(object.name) && (!wanted || wanted->type != "table");
  }

  // Whether it is such a table that stays, or an index of one. Its triggers name what may have changed: they go.
  bool stays(const Object& object) const {
    return own_.contains(object.name) && kept_.contains(object.table) &&
           (object.type == "table" || object.type == "index");
  }

  // Whether a column that the present schema does not have was one of ours: of the first schemas, whose generator put
  // every name in quotes, or in the list.
  bool is_retired(std::string_view table, const TableText::ColumnText& column) const {
    if (!find_object(there_, "virtsql_objects") && column.definition.starts_with('"')) return true;
    return std::any_of(kRetiredColumns.begin(), kRetiredColumns.end(), [&](const RetiredColumn& retired) {
      return raised_ && version_ < retired.version && retired.table == table && retired.column == column.name;
    });
  }

  void drop(const Object& object) {
    std::string kind = object.type;
    for (char& c : kind) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    database_.execute("DROP " + kind + " main." + quote_identifier(object.name));
  }

  // Triggers before views, whose triggers go with them, and those before indexes.
  void drop_what_is_replaced() {
    for (const char* type : {"trigger", "view", "index"}) {
      for (const Object& object : there_) {
        if (object.type != type || !own_.contains(object.name) || stays(object)) continue;
        const Object* wanted = find_object(wanted_, object.name);
        if (!wanted || !(*wanted == object)) drop(object);
      }
    }
    for (const Object& object : there_)
      if (is_retired(object) && !stays(object)) drop(object);
  }

  void add_column(const std::string& table, const std::string& definition) {
    database_.execute("ALTER TABLE main." + quote_identifier(table) + " ADD COLUMN " + definition);
  }

  // Texts in a column of numbers become the numbers that they say, or NULL; how they were spelled goes into the row's
  // layout (row_sql.h), if it has one.
  void make_numbers(const std::string& table, const std::string& name, const std::vector<std::string>& stored) {
    const TableText after = read_table_text(find_object(wanted_, table)->sql);
    const TableText::ColumnText* wanted = after.find(name);
    const bool real = wanted && wanted->definition.find(" REAL") != std::string::npos;
    if (!wanted || (!real && wanted->definition.find(" INTEGER") == std::string::npos)) return;
    Column column;
    column.type = real ? Type::kNumber : Type::kInteger;
    const std::string quoted = quote_identifier(name);
    const bool has_layout = std::find(stored.begin(), stored.end(), "layout") != stored.end();
    Statement convert(database_.handle(),
                      "UPDATE temp.virtsql_rows SET " + quoted + " = ?1" +
                          (has_layout ? ", layout = json_patch(coalesce(layout, '{}'), json_object('#', "
                                        "json_object(?2, ?3)))"
                                      : "") +
                          " WHERE rowid = ?4");
    std::vector<std::pair<std::int64_t, std::string>> texts;
    Statement find(database_.handle(), "SELECT rowid, " + quoted + " FROM temp.virtsql_rows WHERE typeof(" + quoted +
                                           ") NOT IN ('integer', 'null')");
    while (find.step()) texts.emplace_back(find.get_int(0), find.get_text(1));
    for (const auto& [row, text] : texts) {
      convert.bind_null(1);
      bind_value(convert, 1, column, text);
      if (has_layout) {
        convert.bind_text(2, name);
        convert.bind_text(3, text);
      }
      convert.bind_int(4, row);
      convert.run();
      convert.reset();
    }
  }

  // Columns of somebody else's stay; what is computed is not stored, and goes.
  void rebuild(const std::string& name, bool rows) {
    const TableText before = read_table_text(find_object(there_, name)->sql);
    const std::string table = "main." + quote_identifier(name);
    const std::vector<std::string> stored = stored_columns(database_, name);
    std::string columns;
    for (const std::string& column : stored) columns += (columns.empty() ? "" : ", ") + quote_identifier(column);
    // AUTOINCREMENT's counter goes with the table, and must not fall.
    std::int64_t counter = 0;
    if (find_object(there_, name)->sql.find("AUTOINCREMENT") != std::string::npos)
      counter = database_.query_int("SELECT seq FROM main.sqlite_sequence WHERE name = '" + name + "'");
    if (rows) database_.execute("CREATE TEMP TABLE virtsql_rows AS SELECT " + columns + " FROM " + table);
    database_.execute("DROP TABLE " + table);
    database_.execute(find_object(wanted_, name)->sql);
    const std::vector<std::string> present = stored_columns(database_, name);
    std::string kept;
    for (const std::string& column : stored) {
      const bool is_present = std::find(present.begin(), present.end(), column) != present.end();
      if (!is_present && is_retired(name, *before.find(column))) continue;
      if (!is_present) add_column(name, before.find(column)->definition);
      kept += (kept.empty() ? "" : ", ") + quote_identifier(column);
    }
    if (!rows) return;
    for (const std::string& column : present)
      if (std::find(stored.begin(), stored.end(), column) != stored.end()) make_numbers(name, column, stored);
    database_.execute("INSERT INTO " + table + " (" + kept + ") SELECT " + kept + " FROM temp.virtsql_rows");
    database_.execute("DROP TABLE temp.virtsql_rows");
    if (counter != 0)
      database_.execute("UPDATE main.sqlite_sequence SET seq = " + std::to_string(counter) + " WHERE name = '" + name +
                        "'");
  }

  void create_what_is_missing() {
    const std::vector<Object> now = read_objects(database_);
    for (const char* type : {"table", "index", "view", "trigger"})
      for (const Object& object : wanted_)
        if (object.type == type && !find_object(now, object.name)) database_.execute(object.sql);
    // Those of others, on tables and views that are new.
    for (const Object& object : there_)
      if (!own_.contains(object.name) && !find_object(now, object.name)) put_back(object);
  }

  void put_back(const Object& object) {
    try {
      database_.execute(object.sql);
    } catch (const DatabaseError& error) {
      throw StoreError("the " + object.type + " " + object.name + " on " + object.table +
                       ", which is not virtsql's, cannot be kept (" + error.what() +
                       "); the database is as it was. Drop it, SELECT virtsql_init(), and make it anew");
    }
  }

  void check_the_others() {
    const std::vector<Object> now = read_objects(database_);
    for (const Object& object : there_) {
      if (own_.contains(object.name)) continue;
      const Object* kept = find_object(now, object.name);
      if (!kept || !(*kept == object))
        throw StoreError("the migration would change " + object.name + "; nothing was done");
    }
  }

  Database& database_;
  const Catalog& catalog_;
  const std::vector<Object>& wanted_;
  bool raised_;  // whether the schema's number is higher than the database's
  int version_;
  std::vector<Object> there_;
  std::set<std::string> own_;
  std::set<std::string> kept_;  // tables with rows that the schema does not have any more, and which may not go
  std::vector<std::pair<std::string, std::vector<std::string>>> added_;  // definitions of columns, by table
  std::vector<std::pair<std::string, bool>> rebuilt_;                    // tables, and whether they have rows
};

// Writes down what made the schema.
void set_mark(Database& database, const std::string& digest, std::string_view made_by,
              const std::vector<Object>& objects) {
  {
    Statement update(database.handle(), "UPDATE main.virtsql_database SET schema_sha256 = ?1, made_by = ?2");
    update.bind_text(1, digest);
    update.bind_text(2, made_by);
    update.run();
  }
  if (sqlite3_changes(database.handle()) == 0) {
    // RFC 9562, version 4.
    Statement insert(
        database.handle(),
        "INSERT INTO main.virtsql_database (id, created_at, schema_sha256, made_by) SELECT "
        "lower(format('%s-%s-4%s-%s%s-%s', hex(randomblob(4)), hex(randomblob(2)), "
        "substr(hex(randomblob(2)), 2), substr('89AB', 1 + (random() & 3), 1), "
        "substr(hex(randomblob(2)), 2), hex(randomblob(6)))), strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), ?1, ?2");
    insert.bind_text(1, digest);
    insert.bind_text(2, made_by);
    insert.run();
  }
  database.execute("DELETE FROM main.virtsql_objects");
  Statement insert(database.handle(), "INSERT INTO main.virtsql_objects (name) VALUES (?1)");
  for (const Object& object : objects) {
    insert.bind_text(1, object.name);
    insert.run();
  }
  database.execute("PRAGMA main.application_id = " + std::to_string(kApplicationId) +
                   "; PRAGMA main.user_version = " + std::to_string(kSchemaVersion));
}

}  // namespace

void create_schema(Database& database, const Catalog& catalog, std::string_view made_by) {
  database.execute(schema_ddl(catalog));
  set_mark(database, schema_sha256(catalog), made_by, read_objects(database));
}

void migrate(const std::string& path, const Catalog& catalog, WriterLockHeld held) {
  std::optional<WriterLock> lock;
  if (held == WriterLockHeld::kNo) {
    Config config;
    config.database = path;
    lock.emplace(config.lock(), Wait::kYes);
  }
  Connection connection(path, SQLITE_OPEN_READWRITE);
  register_pure_functions(connection.handle());
  Database database(connection.handle());
  database.execute("PRAGMA foreign_keys = OFF");
  sqlite3_db_config(connection.handle(), SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  const std::string digest = schema_sha256(catalog);
  const std::vector<Object> wanted = wanted_objects(catalog);
  for (;;) {
    // Until the transaction begins, somebody who does not know of the lock may write: then once more.
    const std::int64_t seen = database.query_int("PRAGMA main.data_version");
    const std::optional<SchemaMark> mark = read_schema_mark(database);
    if (!mark) throw StoreError("this is no virtsql database; SELECT virtsql_init() makes the schema");
    const bool same = mark->sha256 == digest;
    if (same && mark->version == kSchemaVersion) return;
    refuse_newer_schema(*mark, catalog);
    std::optional<Copy> copy;
    if (!same && ((mark->version != 0 && mark->version < kSchemaVersion) ||
                  Migration(database, catalog, wanted, mark->version).rebuilds()))
      copy.emplace(database, path);
    Transaction transaction(database);
    if (database.query_int("PRAGMA main.data_version") != seen) continue;
    std::vector<Object> ours = wanted;
    if (!same) {
      Migration migration(database, catalog, wanted, mark->version);
      migration.run();
      ours = migration.objects();
    }
    set_mark(database, digest, program_version(), ours);
    if (copy) copy->keep();
    transaction.commit();
    return;
  }
}

}  // namespace virtsql
