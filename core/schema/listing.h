// What there is in the schema, for those who look for something: every table and view with its columns and what they
// mean.
//
// From the catalog, from the comments of sql/schema.sql and of sql/views/; nothing is said here a second time.
// virtsql_tables, virtsql_catalog and search.h are made of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/catalog/catalog.h"

namespace virtsql {

struct Listed {
  struct Column {
    std::string name;
    std::string type;      // the catalog's kind; generated, housekeeping; of views written by hand text or integer
    std::string xml_path;  // empty: it holds nothing of the XML
    std::string doc;
  };
  std::string name;
  std::string kind;  // everyday, writable view, view, table, internal
  std::string doc;
  std::vector<Column> columns;
};

// Everyday views first, then the writable views, the other views, the tables, and what only other views are made of.
std::vector<Listed> list_schema(const Catalog& catalog);

}  // namespace virtsql
