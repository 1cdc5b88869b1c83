// Finds the table or view that a name in a host's query belongs to, so that fleet_query.h can translate the name for
// the fleet's store.
//
// A query takes its rows from tables and views, which have a column source_id in the store; from functions, which have
// none; and from subqueries and parts of its WITH, which have one if they give an id. The qualifier of a name is the
// alias of its table, in the SELECT around the name or in one further out.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "core/catalog/catalog.h"
#include "core/schema/sql_words.h"

namespace virtsql {

// The store's view of the same VMs, with one row for each, even if several hosts claim it.
inline constexpr std::string_view kFleetCurrentVms = "current_virtual_machines";

// The names of the columns that hold ids. In the store the same id can occur once in every source.
class FleetIds {
 public:
  explicit FleetIds(const Catalog& catalog);

  // Whether the word is the name of an id column.
  bool is_id(const SqlWord& word) const { return word.is_name_or_number() && names_.contains(unquoted(word.text)); }
  // Whether one of the names is that of an id column.
  bool names_id(SqlSlice names) const;
  // Whether a column of the query's result is an id.
  bool gives_id(SqlSlice query) const;

 private:
  std::set<std::string, std::less<>> names_;
};

// Whether the words begin a query (SELECT or WITH), and not a list.
bool begins_query(SqlSlice words);

// Returns the name with its qualifier, if it has one: a.b.
std::string spelled(const SqlWord& name);

// Returns the name if an item of a SELECT or of a list is just a name, with or without a plus sign and an alias;
// nullptr if the item is something else.
const SqlWord* plain_name(SqlSlice item);

// What one SELECT takes its rows from: tables, views, subqueries and functions, by alias.
class FleetScope {
 public:
  // The names of the parts of the WITHs around, and whether each part has a source.
  using Parts = std::map<std::string, bool>;

  FleetScope() = default;
  // `from`: the words from FROM up to WHERE. `outer`: the scope of the SELECT around, which must outlive this one;
  // nullptr: there is none.
  FleetScope(SqlSlice from, const FleetIds& ids, const Parts& parts, const FleetScope* outer);

  // Whether the table, or other origin, that the name's qualifier means has a source.
  bool has_source(const SqlWord& name) const { return find(name.qualifier).has_source; }
  // Returns the column as the store has it: v.uuid of virtual_machines is v.vm_uuid there.
  std::string column(const SqlWord& name) const;
  // Returns the id with its source, as a row value: (a.source_id, a.disk_id). Throws CatalogError if the id has no
  // qualifier.
  std::string with_source(const SqlWord& id) const;
  // Returns the source of a row that has the id: a.source_id. An id without a qualifier is of the only table. Throws
  // CatalogError if several tables could have it.
  std::string source(const SqlWord& id) const;
  // Returns the item that gives the source of the SELECT's rows: the source of the first id among the items; without an
  // id, of the first table that has a source; NULL if no table has one.
  std::string source_of(SqlSlice items, const FleetIds& ids) const;

 private:
  struct Origin {
    std::string name;  // of the table, view, part of WITH, or function
    bool has_source = true;
  };
  Origin find(const std::string& alias) const;

  std::map<std::string, Origin> origins_;
  std::string first_;  // the alias of the first origin that has a source; empty: none has
  const FleetScope* outer_ = nullptr;
};

}  // namespace virtsql
