// What there is in the schema, for those who look for something: every table and view with its columns and what they
// mean.
//
// From the catalog, from the comments of sql/schema.sql and of sql/views/; nothing is said here a second time.
// virtsql_tables, virtsql_catalog and virtsql_search are made of it. Tested by tests/core/schema/listing_test.cc and
// tests/sql/finding.sql.
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

// One answer to "where do I look?".
struct SearchHit {
  std::string name;
  std::string column_name;  // empty: the table or view itself
  std::string doc;
};

// Where to look for what the words say, best first. Words that analysts use for libvirt's are translated by
// sql/synonyms.txt. A hit has something of every word, or, if there is none that has, of as many as possible.
std::vector<SearchHit> search_schema(const std::vector<Listed>& schema, std::string_view words);

}  // namespace virtsql
