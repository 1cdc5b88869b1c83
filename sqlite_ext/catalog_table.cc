// virtsql_catalog: the schema as rows.
//
//   SELECT column_name, type, doc FROM virtsql_catalog WHERE table_name = 'disk_attachments';
//   SELECT table_name, column_name FROM virtsql_catalog WHERE xml_path = '/domain/devices/disk/driver/@cache';
//
// One row per column of the catalog's tables: those that hold XML with their place in it, computed ones (type
// `generated`) and housekeeping ones (type `housekeeping`) without. A constraint table_name = ? reads only that
// table's.
#include "core/schema/ddl.h"
#include "sqlite_ext/table_function.h"

namespace virtsql::extension {
namespace {

enum Column { kTableName, kColumnName, kType, kXmlPath, kDoc };

struct Entry {
  std::string_view table;
  std::string column;
  std::string_view type;
  std::string_view xml_path;
  std::string doc;
};

void add_entries(std::vector<Entry>& entries, const Table& table) {
  for (const HousekeepingColumn& column : housekeeping_columns(table))
    entries.push_back({table.name, column.name, "housekeeping", "", column.doc});
  for (const auto& column : table.columns)
    entries.push_back({table.name, column->name, type_name(column->type), column->xml_path, column->doc});
  for (const Computed& column : table.computed)
    entries.push_back({table.name, column.name, "generated", "", column.doc});
}

void column(sqlite3_context* context, const Entry& entry, int index) {
  switch (index) {
    case kTableName:
      return result_text(context, entry.table);
    case kColumnName:
      return result_text(context, entry.column);
    case kType:
      return result_text(context, entry.type);
    case kXmlPath:
      if (!entry.xml_path.empty()) result_text(context, entry.xml_path);
      return;
    case kDoc:
      return result_text(context, entry.doc);
    default:
      return;
  }
}

std::unique_ptr<Rows> open(const Request& request) {
  std::vector<Entry> entries;
  const Catalog& catalog = Catalog::standard();
  if (!request.given(0)) {
    for (const Table* table : catalog.tables()) add_entries(entries, *table);
  } else if (!request.is_null(0)) {
    if (const Table* table = catalog.find_table(request.text(0))) add_entries(entries, *table);
  }
  return entry_rows<Entry>(std::move(entries), column);
}

}  // namespace

int register_catalog_table(sqlite3* db, const ConnectionRef& connection) {
  TableFunction function;
  function.name = "virtsql_catalog";
  function.columns = "table_name TEXT, column_name TEXT, type TEXT, xml_path TEXT, doc TEXT";
  function.pushed = {kTableName};
  function.all_rows = 4000;
  function.pushed_rows = 40;
  function.open = open;
  return register_table_function(db, connection, std::move(function));
}

}  // namespace virtsql::extension
