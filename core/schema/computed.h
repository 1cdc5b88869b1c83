// How SQLite says what the catalog computes: the type and the expression of a generated column.
//
// The expressions work in every SQLite from 3.40, also where `trusted_schema` is off (no JSON functions) and where
// `case_sensitive_like` is on (no LIKE).
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/catalog/catalog.h"

namespace virtsql {

// The column's SQL type: INTEGER or TEXT.
std::string_view computed_type(const Computed& computed);

// How SQL names a stored column.
using ColumnSql = std::function<std::string(const Column&)>;

// The column's value as an SQL expression over the stored columns of its table, by their names or as `sql_of` names
// them.
std::string computed_sql(const Computed& computed);
std::string computed_sql(const Computed& computed, const ColumnSql& sql_of);

}  // namespace virtsql
