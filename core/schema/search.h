// Where to look in the schema for what somebody's words say: virtsql_search.
//
// Analysts do not use libvirt's words. sql/synonyms.txt says what theirs stand for, also for several words in a row
// ("guest agent"), of which the longest that it knows counts, and which table or view answers them. Then every table,
// view and column is compared with each asked word: by its name, its meaning, and those of its columns. A word that is
// in few tables (pins, balloon) weighs more than one that is in most (host, memory).
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

// The schema with the words of all its texts, which are taken apart once.
class SchemaSearch {
 public:
  // The schema must outlive it.
  explicit SchemaSearch(const std::vector<Listed>& schema);
  ~SchemaSearch();

  // Where to look for what the words say, best first, 50 at most; what answers much less than the best is left out.
  // Nothing if no word is known.
  std::vector<SearchHit> find(std::string_view words) const;

 private:
  struct Index;
  std::unique_ptr<const Index> index_;
};

// Every place that sql/synonyms.txt names: a table or view, or TABLE.COLUMN.
std::vector<std::string> places_of_synonyms();

}  // namespace virtsql
