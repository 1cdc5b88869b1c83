// Conditions of the catalog's marks ({default VALUE if ...}) as SQL, if they test the columns of one row.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "core/catalog/catalog.h"

namespace virtsql {

// Whether condition_sql() can express the condition: it tests a column of the row itself. Its value is no pattern, or
// a single one with no special character but *.
bool can_be_sql(const Condition& condition);

// Returns the condition as SQL that is true or false, never NULL. `value` is the SQL of the value of the condition's
// column. REQUIRES: can_be_sql(condition).
std::string condition_sql(const Condition& condition, const std::string& value);

// Returns SQL that is true if all conditions hold; empty if some condition cannot be SQL. `value` gives the SQL of a
// column's value.
std::string conditions_sql(std::span<const Condition> conditions,
                           const std::function<std::string(const Column&)>& value);

}  // namespace virtsql
