// A condition of the catalog's marks about the columns of one row, as SQL.
#pragma once

#include <string>

#include "core/catalog/catalog.h"

namespace virtsql {

// Whether SQL can say it by itself: it is about a column of the row's own, and has values or one plain pattern.
bool is_of_row(const Condition& condition);

// True or false, never NULL. `value` is the SQL of the value of the condition's column. REQUIRES: is_of_row(condition).
std::string condition_sql(const Condition& condition, const std::string& value);

}  // namespace virtsql
