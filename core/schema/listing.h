// Lists every table and view of the schema with its columns and their meanings.
//
// The meanings come from the catalog and from the comments of sql/schema.sql and sql/views/. virtsql_tables,
// virtsql_catalog, search.h and the reference (markdown.h) are made from this list.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/catalog/catalog.h"

namespace virtsql {

struct Listed {
  struct Column {
    std::string name;
    std::string type;      // the catalog's KIND, generated or housekeeping; if hand-written: text, integer, ...
    std::string xml_path;  // empty: the column holds no value of the XML
    std::string doc;
  };
  std::string name;
  std::string kind;  // everyday, writable view, view, table, internal
  std::string doc;
  std::vector<Column> columns;
};

// Returns the everyday views first, then the writable views, the other views, the tables, and last what is internal
// (virtsql_..., and views that only other views read).
std::vector<Listed> list_schema(const Catalog& catalog);

}  // namespace virtsql
