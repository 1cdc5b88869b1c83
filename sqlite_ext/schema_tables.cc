// The schema's tables, views and columns, from within SQL: virtsql_catalog, virtsql_tables and virtsql_search.
//
//   SELECT name, kind, doc FROM virtsql_tables WHERE kind = 'everyday';
//   SELECT column_name, type, doc FROM virtsql_catalog WHERE table_name = 'disk_attachments';
//   SELECT table_name, column_name FROM virtsql_catalog WHERE xml_path = '/domain/devices/disk/driver/@cache';
//   SELECT name, column_name, doc FROM virtsql_search('uefi');
//
// All three show what list_schema() in core/schema/listing.h gives. For table_name = ?, virtsql_catalog gives only that
// table's columns. row_count counts the rows when the query reads it; it is NULL if the database has no such table.
#include "core/base/sql_quote.h"
#include "core/schema/search.h"
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
  std::int64_t number;  // of all columns, from 0
};

const Columns<CatalogEntry> kCatalogColumns = {
    {"table_name TEXT", [](const CatalogEntry& entry) { return Value(entry.table->name); }},
    {"column_name TEXT", [](const CatalogEntry& entry) { return Value(entry.column->name); }},
    {"type TEXT", [](const CatalogEntry& entry) { return Value(entry.column->type); }},
    {"xml_path TEXT", [](const CatalogEntry& entry) { return Value::or_null(entry.column->xml_path); }},
    {"doc TEXT", [](const CatalogEntry& entry) { return Value(entry.column->doc); }}};

class CatalogRows : public EntryRows<CatalogEntry> {
 public:
  using EntryRows::EntryRows;
  std::int64_t number(std::int64_t) const override { return current().number; }
};

std::unique_ptr<Rows> open_catalog(const Request& request) {
  std::vector<CatalogEntry> entries;
  std::int64_t number = 0;
  for (const Listed& table : schema()) {
    const bool is_asked = !request.given(0) || (!request.is_null(0) && request.text(0) == table.name);
    for (const Listed::Column& column : table.columns) {
      if (is_asked) entries.push_back({&table, &column, number});
      ++number;
    }
  }
  return std::make_unique<CatalogRows>(std::move(entries), kCatalogColumns);
}

// ---- virtsql_tables ----

struct TableEntry {
  const Listed* table;
  Session* session;
};

// Returns the number of rows of a table or view; NULL if the database has no table or view of this name.
Value row_count(const TableEntry& entry) {
  sqlite3* const db = entry.session->database.handle();
  Statement there(db, "SELECT 1 FROM sqlite_schema WHERE name = ?1");
  there.bind_text(1, entry.table->name);
  if (!there.step()) return {};
  Statement rows(db, "SELECT count(*) FROM " + quote_identifier(entry.table->name));
  return rows.step() ? Value(rows.get_int(0)) : Value();
}

const Columns<TableEntry> kTablesColumns = {
    {"name TEXT", [](const TableEntry& entry) { return Value(entry.table->name); }},
    {"kind TEXT", [](const TableEntry& entry) { return Value(entry.table->kind); }},
    {"doc TEXT", [](const TableEntry& entry) { return Value(entry.table->doc); }},
    {"row_count INTEGER", row_count}};

std::unique_ptr<Rows> open_tables(const Request& request) {
  std::vector<TableEntry> entries;
  for (const Listed& table : schema()) entries.push_back({&table, &request.session});
  return entry_rows(std::move(entries), kTablesColumns);
}

// ---- virtsql_search ----

struct SearchEntry {
  SearchHit hit;
  int rank;
};

const Columns<SearchEntry> kSearchColumns = {
    {"name TEXT", [](const SearchEntry& entry) { return Value(entry.hit.name); }},
    {"column_name TEXT", [](const SearchEntry& entry) { return Value::or_null(entry.hit.column_name); }},
    {"doc TEXT", [](const SearchEntry& entry) { return Value(entry.hit.doc); }},
    {"rank INTEGER", &SearchEntry::rank}};

std::unique_ptr<Rows> open_search(const Request& request) {
  if (request.is_null(0)) return nullptr;
  static const SchemaSearch search(schema());
  std::vector<SearchEntry> entries;
  for (SearchHit& hit : search.find(request.text(0)))
    entries.push_back({std::move(hit), static_cast<int>(entries.size()) + 1});
  return entry_rows(std::move(entries), kSearchColumns);
}

}  // namespace

int register_schema_tables(sqlite3* db, const SessionRef& session) {
  TableFunction catalog;
  catalog.name = "virtsql_catalog";
  catalog.columns = declarations(kCatalogColumns);
  catalog.pushed = {"table_name"};
  catalog.all_rows = 6000;
  catalog.pushed_rows = 40;
  catalog.open = open_catalog;
  TableFunction tables;
  tables.name = "virtsql_tables";
  tables.columns = declarations(kTablesColumns);
  tables.trust = TableFunction::Trust::kNormal;
  tables.all_rows = 350;
  tables.open = open_tables;
  TableFunction search;
  search.name = "virtsql_search";
  search.columns = declarations(kSearchColumns);
  search.arguments = {"words"};
  search.required = 1;
  search.usage = "virtsql_search('uefi')";
  search.all_rows = 50;
  search.open = open_search;
  for (TableFunction* function : {&catalog, &tables, &search})
    if (const int code = register_table_function(db, session, std::move(*function)); code != SQLITE_OK) return code;
  return SQLITE_OK;
}

}  // namespace virtsql::extension
