// The marks of a column's line: what each makes of the column, or leaves to be resolved when all lines are there. What
// the marks mean is in core/catalog/README.md.
#pragma once

#include "core/catalog/draft.h"
#include "core/catalog/language.h"

namespace virtsql {

// Where the column is: the table of the row, and the one that has the column, which is its resource's if it is one of
// the resource.
struct ColumnTables {
  TableDraft* row;
  TableDraft* column;
};

// Throws CatalogError for a mark that a column cannot have. REQUIRES: the column has its type.
void add_column_marks(const CatalogLine& line, const ColumnTables& tables, ColumnDraft& column, CatalogStorage& storage,
                      Pending& pending);

}  // namespace virtsql
