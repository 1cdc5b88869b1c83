// Reads the marks of a column's line: each changes the column, or is left to be resolved when all lines have been read.
// core/catalog/README.md says what the marks mean.
#pragma once

#include "core/catalog/draft.h"
#include "core/catalog/language.h"
#include "core/catalog/resolve.h"

namespace virtsql {

// The table of the row, and the table of the column. They differ if the column is one of the resource.
struct ColumnTables {
  TableDraft* row;
  TableDraft* column;
};

// Adds what the line's marks say to the column and to `pending`. Throws CatalogError for a mark that a column cannot
// have. REQUIRES: the column's type is set.
void add_column_marks(const CatalogLine& line, const ColumnTables& tables, ColumnDraft& column, CatalogStorage& storage,
                      Pending& pending);

}  // namespace virtsql
