// xml_leaves(xml): where each attribute and text of a domain document is kept.
//
//   SELECT * FROM xml_leaves(readfile('web.xml')) WHERE kept = 'vendor';
//
//   CREATE TABLE xml_leaves(path TEXT, value TEXT, kept TEXT, table_name TEXT, column_name TEXT, xml HIDDEN)
//
// In the document's order. `kept` is column, json (inside a stored JSON column) or vendor (in vendor_options). The
// document is shredded as for storing; nothing is written.
#include <vector>

#include "core/shred.h"
#include "sqlite_ext/extension.h"

namespace virtsql::extension {
namespace {

enum Column { kPath, kValue, kKept, kTableName, kColumnName, kXml };

struct Entry {
  std::string path;
  std::string value;
  std::string_view kept;
  std::string table;
  std::string column;
};

struct Cursor : sqlite3_vtab_cursor {
  std::vector<Entry> entries;
  std::size_t at = 0;
};

int connect(sqlite3* db, void*, int, const char* const*, sqlite3_vtab** table, char**) {
  const int code = sqlite3_declare_vtab(
      db, "CREATE TABLE x(path TEXT, value TEXT, kept TEXT, table_name TEXT, column_name TEXT, xml HIDDEN)");
  if (code != SQLITE_OK) return code;
  sqlite3_vtab_config(db, SQLITE_VTAB_INNOCUOUS);
  *table = new (std::nothrow) sqlite3_vtab{};
  return *table ? SQLITE_OK : SQLITE_NOMEM;
}

int disconnect(sqlite3_vtab* table) {
  delete table;
  return SQLITE_OK;
}

int best_index(sqlite3_vtab* table, sqlite3_index_info* info) {
  bool asked = false;
  for (int i = 0; i < info->nConstraint; ++i) {
    const auto& constraint = info->aConstraint[i];
    if (constraint.iColumn != kXml || constraint.op != SQLITE_INDEX_CONSTRAINT_EQ) continue;
    asked = true;
    if (!constraint.usable) continue;
    info->aConstraintUsage[i].argvIndex = 1;
    info->aConstraintUsage[i].omit = 1;
    info->estimatedCost = 1000;
    info->estimatedRows = 100;
    return SQLITE_OK;
  }
  if (asked) return SQLITE_CONSTRAINT;  // the document is known only in another order of the join
  sqlite3_free(table->zErrMsg);
  table->zErrMsg = sqlite3_mprintf("xml_leaves() needs a document: xml_leaves(readfile('vm.xml'))");
  return SQLITE_ERROR;
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

std::string_view kept_name(Leaf::Kept kept) {
  switch (kept) {
    case Leaf::Kept::kColumn:
      return "column";
    case Leaf::Kept::kJson:
      return "json";
    case Leaf::Kept::kVendor:
      break;
  }
  return "vendor";
}

int filter(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value** arguments) {
  return guard(cursor->pVtab, [&] {
    auto& own = *static_cast<Cursor*>(cursor);
    own.entries.clear();
    own.at = 0;
    if (is_null(arguments[0])) return SQLITE_OK;
    const xml::Document document = xml::Document::parse(bytes_of(arguments[0]));
    Arena arena;
    const LeafSink sink = [&](const Leaf& leaf) {
      own.entries.push_back({std::string(leaf.path), std::string(leaf.value), kept_name(leaf.kept),
                             std::string(leaf.table), std::string(leaf.column)});
    };
    shred(*document.root(), Catalog::standard().root("domain"), arena, &sink);
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
    case kPath:
      result_text(context, entry.path);
      break;
    case kValue:
      result_text(context, entry.value);
      break;
    case kKept:
      result_text(context, entry.kept);
      break;
    case kTableName:
      result_text(context, entry.table);
      break;
    case kColumnName:
      result_text(context, entry.column);
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
  module.xConnect = connect;
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

int register_leaves_table(sqlite3* db) {
  static const sqlite3_module kModule = make_module();
  return sqlite3_create_module_v2(db, "xml_leaves", &kModule, nullptr, nullptr);
}

}  // namespace virtsql::extension
