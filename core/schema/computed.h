// How SQLite says what the catalog computes: the type and the expression of a generated column.
//
// The expressions work in every SQLite from 3.40, also where `trusted_schema` is off (no JSON functions) and where
// `case_sensitive_like` is on (no LIKE).
#pragma once

#include <string>
#include <string_view>

#include "core/catalog/catalog.h"

namespace virtsql {

// The column's SQL type: INTEGER or TEXT.
std::string_view computed_type(const Computed& computed);

// The column's value as an SQL expression over the stored columns of its table.
std::string computed_sql(const Computed& computed);

}  // namespace virtsql
