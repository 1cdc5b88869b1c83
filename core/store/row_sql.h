// The statements by which rows of one table of the catalog are read and written, and how a value is bound in them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/base/database.h"
#include "core/catalog/catalog.h"
#include "core/rows/row.h"
#include "core/store/insert_sql.h"
#include "core/store/update_sql.h"

namespace virtsql {

// The value as an integer where that is how it is spelled, and so how it is stored in a numeric column: 0, 17, -3; not
// 007, +1 or 0x10.
std::optional<std::int64_t> canonical_integer(std::string_view text);

// Binds the value of the column as it is stored: of a numeric column the number, or NULL if it says none; no data as
// NULL, which a parameter is until something is bound. The text is not copied.
void bind_value(Statement& statement, int parameter, const Column& column, std::string_view value);

// Gives the numbers of a row that was loaded their spelling again, unless they were edited since, and leaves in its
// layout the order of things alone.
void take_spellings(Row& row, Arena& arena);

// Binds the id; 0 is NULL.
void bind_id(Statement& statement, int parameter, std::int64_t id);

// What the column vendor_options.kind says of an item, and the kind that it says; a word that is none means a text.
std::string_view vendor_kind_name(VendorItem::Kind kind);
VendorItem::Kind vendor_kind_named(std::string_view name);

// The statements of one table, and where its columns are in them.
struct RowSql {
  explicit RowSql(const Table& of);

  // The row's layout as it is stored: beside the order of things the spellings of numbers (007, 0x10) that columns do
  // not keep, those of the resource among them.
  std::string_view stored_layout(const Row& row, Arena& arena) const;

  const Table* table = nullptr;
  std::vector<const Column*> columns;           // the table's own, in order
  std::vector<const Column*> resource_columns;  // its resource's
  std::vector<const Column*> numeric_columns;   // those of both that are stored as numbers
  CachedSql by_owner;
  CachedSql by_id;
  InsertSql insert;
  UpdateSql update;
  // Of the resource: its host, if it has one, and the bits of its child tables, if it may have some.
  InsertSql insert_resource;
  UpdateSql update_resource;
  // The parameters of both are the host, if the resource has one, and its columns; of is_resource then its id.
  CachedSql find_resource;
  CachedSql is_resource;    // whether the resource with the id has these very values
  CachedSql drop_resource;  // if nobody attaches it any more
  CachedSql other_user;     // whether another row than ?2 attaches the resource ?1
  // Places in the result of by_owner and by_id, -1 where the table has no such column.
  int position = -1, element = -1, parent = -1, resource = -1, layout = -1, children = -1, resource_children = -1,
      host = -1;
  int first_column = 0;
};

}  // namespace virtsql
