// Finds the tables, views and columns that answer a question in somebody's own words: virtsql_search.
//
// Analysts do not use libvirt's words. sql/synonyms.txt translates theirs, and names the table or view that answers
// them. It also knows several words in a row ("guest agent"); the longest run of words that it knows counts. Then every
// table, view and column is compared with each asked word: by its name, its meaning, and those of its columns. A word
// that is in few tables (pins, balloon) weighs more than one that is in most (host, memory).
//
// Tested by tests/core/schema/search_test.cc, and with the questions of analysts by tests/finding.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/schema/listing.h"

namespace virtsql {

// One answer to "where do I look?".
struct SearchHit {
  std::string name;
  std::string column_name;  // empty: the table or view itself
  std::string doc;
};

// The schema, prepared for searching: its texts are split into words once.
class SchemaSearch {
 public:
  // `schema` must outlive this object.
  explicit SchemaSearch(const std::vector<Listed>& schema);
  ~SchemaSearch();

  // Returns the places that answer the words, best first, 50 at most. Leaves out those with less than a fifth of the
  // best one's points. Empty if the schema and the synonyms know none of the words. Throws std::runtime_error if there
  // are more than 50 different words, Interrupted.
  std::vector<SearchHit> find(std::string_view words) const;

 private:
  struct Index;
  std::unique_ptr<const Index> index_;
};

// Returns every place that sql/synonyms.txt names: a table or view, or TABLE.COLUMN.
std::vector<std::string> places_of_synonyms();

}  // namespace virtsql
