// Whose a name in a host's query is: what fleet_query.h must know of it to say it in the fleet's store.
//
// A query takes its rows from tables and views, which have a source in the store, from functions, which have none, and
// from parts of its WITH, which have one if they give an id. A name finds its table by its qualifier, in the SELECT
// around it or further out.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "core/catalog/catalog.h"
#include "core/schema/sql_words.h"

namespace virtsql {

inline constexpr std::string_view kFleetVmTable = "virtual_machines";
// In the store: those that there are, each once.
inline constexpr std::string_view kFleetCurrentVms = "current_virtual_machines";

// The columns that name a row, of which the store has each once for every source.
class FleetIds {
 public:
  explicit FleetIds(const Catalog& catalog);

  // Whether the word is the name of such a column.
  bool is_id(const SqlWord& word) const { return word.is_name() && names_.contains(unquoted(word.text)); }
  // Whether one of the names is.
  bool names_id(SqlSlice names) const;
  // Whether a column of the query's result is.
  bool gives_id(SqlSlice query) const;

 private:
  std::set<std::string, std::less<>> names_;
};

// Whether words are a query and no list.
bool begins_query(SqlSlice words);

// The name with its qualifier.
std::string spelled(const SqlWord& name);

// The name that an item of a SELECT or of a list is, with or without an alias; nullptr if it is something else.
const SqlWord* plain_name(SqlSlice item);

// What one SELECT takes its rows from, by alias.
class FleetScope {
 public:
  // The parts of the WITH around, and whether each has a source.
  using Parts = std::map<std::string, bool>;

  FleetScope() = default;
  // `from`: the words from FROM up to WHERE. `outer`: the scope around, which must outlive this one; nullptr: none.
  FleetScope(SqlSlice from, const FleetIds& ids, const Parts& parts, const FleetScope* outer);

  // Whether the row that the name is of has a source.
  bool has_source(const SqlWord& name) const { return find(name.qualifier).has_source; }
  // A column, as the store calls it.
  std::string column(const SqlWord& name) const;
  // The id with its source, as a row. Throws CatalogError for one that does not say whose it is.
  std::string with_source(const SqlWord& id) const;
  // The source of a row of the SELECT's result, as an item: that of the first id in it, else of the first table.
  std::string source_of(SqlSlice items, const FleetIds& ids) const;

 private:
  struct Origin {
    std::string name;  // of the table, view, part of WITH, or function
    bool has_source = true;
  };
  Origin find(const std::string& alias) const;

  std::map<std::string, Origin> origins_;
  std::string first_;  // the alias of the first that has a source; empty: none has
  const FleetScope* outer_ = nullptr;
};

}  // namespace virtsql
