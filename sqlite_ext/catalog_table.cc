// virtsql_catalog: the schema as rows.
//
//   SELECT column_name, type, doc FROM virtsql_catalog WHERE table_name = 'disk_attachments';
//   SELECT table_name, column_name FROM virtsql_catalog WHERE xml_path = '/domain/devices/disk/driver/@cache';
//
//   CREATE TABLE virtsql_catalog(table_name TEXT, column_name TEXT, type TEXT, xml_path TEXT, doc TEXT)
//
// One row per column of the catalog's tables: those that hold XML with their place in it, computed ones (type
// `generated`) and housekeeping ones (type `housekeeping`) without. A constraint table_name = ? reads only that
// table's.
#include <vector>

#include "core/ddl.h"
#include "sqlite_ext/extension.h"

namespace virtsql::extension {
namespace {

enum Column { kTableName, kColumnName, kType, kXmlPath, kDoc };
enum Plan { kAll, kOneTable };

struct Entry {
  const std::string* table;
  std::string column;
  std::string_view type;
  std::string xml_path;
  std::string doc;
};

struct CatalogTable : sqlite3_vtab {
  ConnectionRef connection;
};

struct Cursor : sqlite3_vtab_cursor {
  std::vector<Entry> entries;
  std::size_t at = 0;
};

void add_entries(std::vector<Entry>& entries, const Table& table) {
  for (const HousekeepingColumn& column : housekeeping_columns(table))
    entries.push_back({&table.name, column.name, "housekeeping", "", column.doc});
  for (const auto& column : table.columns)
    entries.push_back({&table.name, column->name, type_name(column->type), column->xml_path, column->doc});
  for (const GeneratedColumn& column : table.generated)
    entries.push_back({&table.name, column.name, "generated", "", column.doc});
}

int connect(sqlite3* db, void* data, int, const char* const*, sqlite3_vtab** table, char**) {
  const int code =
      sqlite3_declare_vtab(db, "CREATE TABLE x(table_name TEXT, column_name TEXT, type TEXT, xml_path TEXT, doc TEXT)");
  if (code != SQLITE_OK) return code;
  sqlite3_vtab_config(db, SQLITE_VTAB_INNOCUOUS);
  auto* created = new (std::nothrow) CatalogTable{};
  if (!created) return SQLITE_NOMEM;
  created->connection = *static_cast<ConnectionRef*>(data);
  *table = created;
  return SQLITE_OK;
}

int disconnect(sqlite3_vtab* table) {
  auto* own = static_cast<CatalogTable*>(table);
  own->connection->database.forget_statements();
  delete own;
  return SQLITE_OK;
}

int best_index(sqlite3_vtab*, sqlite3_index_info* info) {
  info->idxNum = kAll;
  info->estimatedCost = 4000;
  info->estimatedRows = 4000;
  for (int i = 0; i < info->nConstraint; ++i) {
    const auto& constraint = info->aConstraint[i];
    if (!constraint.usable || constraint.iColumn != kTableName || constraint.op != SQLITE_INDEX_CONSTRAINT_EQ) continue;
    info->aConstraintUsage[i].argvIndex = 1;
    info->aConstraintUsage[i].omit = 0;  // the comparison may have another collation
    info->idxNum = kOneTable;
    info->estimatedCost = 40;
    info->estimatedRows = 40;
    break;
  }
  return SQLITE_OK;
}

int open(sqlite3_vtab*, sqlite3_vtab_cursor** cursor) {
  auto* created = new (std::nothrow) Cursor{};
  *cursor = created;
  return created ? SQLITE_OK : SQLITE_NOMEM;
}

int close(sqlite3_vtab_cursor* cursor) {
  delete static_cast<Cursor*>(cursor);
  return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* cursor, int plan, const char*, int, sqlite3_value** arguments) {
  return guard(cursor->pVtab, [&] {
    auto& own = *static_cast<Cursor*>(cursor);
    own.entries.clear();
    own.at = 0;
    const Catalog& catalog = Catalog::standard();
    if (plan == kOneTable) {
      if (is_null(arguments[0])) return SQLITE_OK;
      if (const Table* table = catalog.find_table(bytes_of(arguments[0]))) add_entries(own.entries, *table);
    } else {
      for (const Table* table : catalog.tables()) add_entries(own.entries, *table);
    }
    return SQLITE_OK;
  });
}

int next(sqlite3_vtab_cursor* cursor) {
  ++static_cast<Cursor*>(cursor)->at;
  return SQLITE_OK;
}

int eof(sqlite3_vtab_cursor* cursor) {
  const auto& own = *static_cast<Cursor*>(cursor);
  return own.at >= own.entries.size();
}

int column(sqlite3_vtab_cursor* cursor, sqlite3_context* context, int index) {
  const auto& own = *static_cast<Cursor*>(cursor);
  const Entry& entry = own.entries[own.at];
  switch (index) {
    case kTableName:
      result_text(context, *entry.table);
      break;
    case kColumnName:
      result_text(context, entry.column);
      break;
    case kType:
      result_text(context, entry.type);
      break;
    case kXmlPath:
      if (!entry.xml_path.empty()) result_text(context, entry.xml_path);
      break;
    case kDoc:
      result_text(context, entry.doc);
      break;
    default:
      break;
  }
  return SQLITE_OK;
}

int rowid(sqlite3_vtab_cursor* cursor, sqlite3_int64* id) {
  *id = static_cast<sqlite3_int64>(static_cast<Cursor*>(cursor)->at);
  return SQLITE_OK;
}

sqlite3_module make_module() {
  sqlite3_module module = {};
  module.xConnect = connect;  // no xCreate: the table is there without CREATE VIRTUAL TABLE, and only so
  module.xBestIndex = best_index;
  module.xDisconnect = disconnect;
  module.xOpen = open;
  module.xClose = close;
  module.xFilter = filter;
  module.xNext = next;
  module.xEof = eof;
  module.xColumn = column;
  module.xRowid = rowid;
  return module;
}

}  // namespace

int register_catalog_table(sqlite3* db, const ConnectionRef& connection) {
  static const sqlite3_module kModule = make_module();
  const int code = sqlite3_create_module_v2(db, "virtsql_catalog", &kModule, new ConnectionRef(connection),
                                            [](void* data) { delete static_cast<ConnectionRef*>(data); });
  if (code != SQLITE_OK) return code;
  // Connects the table now, so that its disconnection comes at closing (see virtsql.cc).
  return sqlite3_exec(db, "SELECT 1 FROM virtsql_catalog LIMIT 0", nullptr, nullptr, nullptr);
}

}  // namespace virtsql::extension
