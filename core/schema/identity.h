// Which rows of a resource table are the same thing, said once.
//
// Every resource table has a generated column `identity`: all its values, and the host of a thing of a host, as one
// text. Two rows are the same thing if it is equal and the rows below them are. It is NULL for a row that nothing
// names (a disk without an image): such a row is itself alone. An index on it finds the thing, however many there are.
//
//   RowStore            SELECT id FROM disks WHERE identity = identity_sql(disks, parameters)
//   triggers of a view  SELECT max(id) FROM disks WHERE identity = identity_sql(disks, the NEW values)
//   table and index     identity_sql(disks, the row's own columns)
//
// A search is exact as long as its values are stored unchanged: bind them as their columns' types are declared.
#pragma once

#include <functional>
#include <string>

#include "core/catalog/catalog.h"

namespace virtsql {

// The name of the generated column.
inline constexpr char kIdentity[] = "identity";

// The SQL of a resource's identity. `value` gives the SQL of the value that the column of the name has: host_id, of a
// thing of a host, and the table's own columns.
std::string identity_sql(const Table& resource, const std::function<std::string(const std::string& column)>& value);

// The same over the table's own columns.
std::string identity_sql(const Table& resource);

}  // namespace virtsql
