// The one definition of which rows of a resource table are the same thing.
//
// Every resource table has a generated column `identity`: all values of the row, and the host if it is a thing of one
// host, joined into one text. Two rows are the same thing if their identities are equal and the rows below them are
// equal. The identity is NULL if the row has none of the values that name the thing (a disk without an image): such a
// row is the same as no other. An index on the column finds a thing quickly, however many rows there are.
//
//   RowStore            SELECT id FROM disks WHERE identity = identity_sql(disks, parameters)
//   triggers of a view  SELECT max(id) FROM disks WHERE identity = identity_sql(disks, the NEW values)
//   table and index     identity_sql(disks, the row's own columns)
//
// A search finds what is stored only if it compares the values as the table stores them: bind each value with the type
// that its column declares.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/catalog/catalog.h"

namespace virtsql {

// The name of the generated column.
inline constexpr char kIdentity[] = "identity";

// Returns SQL that joins the values into one text, which is another one if any value is another one. A NULL is told
// from every text. REQUIRES: fewer values than a function of SQLite takes arguments (127). `values` are SQL.
std::string joined_values_sql(const std::vector<std::string>& values);

// Returns the SQL of a resource's identity. `value` returns the SQL of a column's value; it is called with the names of
// the table's own columns and, for a thing of one host, with host_id. REQUIRES: `resource` is a resource table.
std::string identity_sql(const Table& resource, const std::function<std::string(const std::string& column)>& value);

// The same for a row of the table itself: each value is the column of that name.
std::string identity_sql(const Table& resource);

}  // namespace virtsql
