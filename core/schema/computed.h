// The SQL of the columns that the catalog computes: the type and the expression of a generated column.
//
// The expressions work in every SQLite from 3.40, also if `trusted_schema` is off (so they use no JSON functions) and
// if `case_sensitive_like` is on (so they use no LIKE).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/catalog/catalog.h"

namespace virtsql {

// The column's SQL type: INTEGER or TEXT.
std::string_view computed_type(const Computed& computed);

// Gives the SQL that names a stored column.
using ColumnSql = std::function<std::string(const Column&)>;

// Returns the column's value as an SQL expression over the stored columns of its table. The expression names these
// columns by their names, or as `sql_of` says.
std::string computed_sql(const Computed& computed);
std::string computed_sql(const Computed& computed, const ColumnSql& sql_of);

}  // namespace virtsql
