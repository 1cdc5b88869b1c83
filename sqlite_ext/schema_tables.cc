// What there is in the schema, from within SQL: virtsql_catalog, virtsql_tables and virtsql_search.
//
//   SELECT name, kind, doc FROM virtsql_tables WHERE kind = 'everyday';
//   SELECT column_name, type, doc FROM virtsql_catalog WHERE table_name = 'disk_attachments';
//   SELECT table_name, column_name FROM virtsql_catalog WHERE xml_path = '/domain/devices/disk/driver/@cache';
//   SELECT name, column_name, doc FROM virtsql_search('uefi');
//
// All three show core/schema/listing.h. A constraint table_name = ? reads only that table's columns. row_count is
// counted when it is asked for; NULL if the database has no such table.
#include "core/schema/ddl.h"
#include "core/schema/listing.h"
#include "sqlite_ext/table_function.h"

namespace virtsql::extension {
namespace {

const std::vector<Listed>& schema() {
  static const std::vector<Listed> list = list_schema(Catalog::standard());
  return list;
}

// ---- virtsql_catalog ----

struct CatalogEntry {
  const Listed* table;
  const Listed::Column* column;
};

void catalog_column(sqlite3_context* context, const CatalogEntry& entry, int index) {
  enum { kTableName, kColumnName, kType, kXmlPath, kDoc };
  switch (index) {
    case kTableName:
      return result_text(context, entry.table->name);
    case kColumnName:
      return result_text(context, entry.column->name);
    case kType:
      return result_text(context, entry.column->type);
    case kXmlPath:
      if (!entry.column->xml_path.empty()) result_text(context, entry.column->xml_path);
      return;
    case kDoc:
      return result_text(context, entry.column->doc);
    default:
      return;
  }
}

std::unique_ptr<Rows> open_catalog(const Request& request) {
  std::vector<CatalogEntry> entries;
  for (const Listed& table : schema()) {
    if (request.given(0) && (request.is_null(0) || request.text(0) != table.name)) continue;
    for (const Listed::Column& column : table.columns) entries.push_back({&table, &column});
  }
  return entry_rows<CatalogEntry>(std::move(entries), catalog_column);
}

// ---- virtsql_tables ----

class TableRows : public Rows {
 public:
  explicit TableRows(Connection& connection) : connection_(connection) {}
  bool next() override { return ++at_ <= schema().size(); }
  void column(sqlite3_context* context, int index) override {
    enum { kName, kKind, kDoc, kRowCount };
    const Listed& table = schema()[at_ - 1];
    switch (index) {
      case kName:
        return result_text(context, table.name);
      case kKind:
        return result_text(context, table.kind);
      case kDoc:
        return result_text(context, table.doc);
      case kRowCount:
        return count(context, table.name);
      default:
        return;
    }
  }

 private:
  void count(sqlite3_context* context, const std::string& name) {
    Statement there(connection_.database.handle(), "SELECT 1 FROM sqlite_schema WHERE name = ?1");
    there.bind_text(1, name);
    if (!there.step()) return;
    Statement rows(connection_.database.handle(), "SELECT count(*) FROM " + quote_identifier(name));
    if (rows.step()) sqlite3_result_int64(context, rows.get_int(0));
  }

  Connection& connection_;
  std::size_t at_ = 0;
};

// ---- virtsql_search ----

struct SearchEntry {
  SearchHit hit;
  int rank;
};

void search_column(sqlite3_context* context, const SearchEntry& entry, int index) {
  enum { kName, kColumnName, kDoc, kRank };
  switch (index) {
    case kName:
      return result_text(context, entry.hit.name);
    case kColumnName:
      if (!entry.hit.column_name.empty()) result_text(context, entry.hit.column_name);
      return;
    case kDoc:
      return result_text(context, entry.hit.doc);
    case kRank:
      return sqlite3_result_int(context, entry.rank);
    default:
      return;
  }
}

std::unique_ptr<Rows> open_search(const Request& request) {
  if (request.is_null(0)) return nullptr;
  std::vector<SearchEntry> entries;
  for (SearchHit& hit : search_schema(schema(), request.text(0)))
    entries.push_back({std::move(hit), static_cast<int>(entries.size()) + 1});
  return entry_rows<SearchEntry>(std::move(entries), search_column);
}

}  // namespace

int register_schema_tables(sqlite3* db, const ConnectionRef& connection) {
  TableFunction catalog;
  catalog.name = "virtsql_catalog";
  catalog.columns = "table_name TEXT, column_name TEXT, type TEXT, xml_path TEXT, doc TEXT";
  catalog.pushed = {0};
  catalog.all_rows = 6000;
  catalog.pushed_rows = 40;
  catalog.open = open_catalog;
  TableFunction tables;
  tables.name = "virtsql_tables";
  tables.columns = "name TEXT, kind TEXT, doc TEXT, row_count INTEGER";
  tables.trust = TableFunction::Trust::kNormal;
  tables.all_rows = 350;
  tables.open = [](const Request& request) { return std::make_unique<TableRows>(request.connection); };
  TableFunction search;
  search.name = "virtsql_search";
  search.columns = "name TEXT, column_name TEXT, doc TEXT, rank INTEGER";
  search.arguments = {"words"};
  search.required = 1;
  search.usage = "virtsql_search('uefi')";
  search.all_rows = 50;
  search.open = open_search;
  for (TableFunction* function : {&catalog, &tables, &search})
    if (const int code = register_table_function(db, connection, std::move(*function)); code != SQLITE_OK) return code;
  return SQLITE_OK;
}

}  // namespace virtsql::extension
