// The statements that read and write the rows of one table of the catalog, and how values are bound to them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/database.h"
#include "core/catalog/catalog.h"
#include "core/rows/row.h"
#include "core/store/insert_sql.h"
#include "core/store/update_sql.h"

namespace virtsql {

// Returns the text as an integer if it is spelled as SQLite would write that integer back: 0, 17, -3. Nothing for 007,
// +1 or 0x10: a numeric column does not keep such a spelling.
std::optional<std::int64_t> canonical_integer(std::string_view text);

// A value as a column stores it; std::monostate is NULL. A string_view refers to the document's text.
using StoredValue = std::variant<std::monostate, std::int64_t, double, std::string_view, std::string>;

// Returns the column's value as it is stored: in a numeric column the number, or NULL if the text is no number; a UUID
// that names a resource as libvirt writes it, so that a mediated device is one row however its UUID is spelled. A value
// without data is NULL.
StoredValue stored_value(const Column& column, std::string_view value);

// Binds the same. For NULL it binds nothing, as a parameter is NULL until something is bound. `value` is not copied.
void bind_value(Statement& statement, int parameter, const Column& column, std::string_view value);

// Gives the values of a loaded row the spelling back that its layout has for them, unless they were edited since.
// After that the layout holds the order of things alone.
void take_spellings(Row& row, Arena& arena);

// Binds the id, or NULL for 0.
void bind_id(Statement& statement, int parameter, std::int64_t id);

// The word for a kind in vendor_options.kind, and the kind for a word. An unknown word means a text.
std::string_view vendor_kind_name(VendorItem::Kind kind);
VendorItem::Kind vendor_kind_named(std::string_view name);

// The statements of one table, and the places of its columns in them.
struct RowSql {
  explicit RowSql(const Table& of);

  // Returns the row's layout as it is stored: the order of things, and the spellings that bind_value() does not keep
  // (007, 0x10), including those of the resource's columns.
  std::string_view stored_layout(const Row& row, Arena& arena) const;

  const Table* table = nullptr;
  std::vector<const Column*> columns;           // the table's own, in order
  std::vector<const Column*> resource_columns;  // its resource's
  std::vector<const Column*> spelled_columns;   // columns of both whose values may be stored in another spelling
  CachedSql by_owner;
  CachedSql by_id;
  InsertSql insert;
  UpdateSql update;
  // Of the resource. Fixed columns are host_id, if it is a thing of a host, and child_tables, if it has child tables
  // with bits.
  InsertSql insert_resource;
  UpdateSql update_resource;
  // The parameters of the next two are the host, if the resource is a thing of a host, then the resource's columns; of
  // is_resource then also its id.
  CachedSql find_resource;
  CachedSql is_resource;    // whether the resource with the id has exactly these values
  CachedSql drop_resource;  // deletes the resource ?1 unless a row attaches it
  CachedSql other_user;     // whether another row than ?2 attaches the resource ?1
  // Places in the result of by_owner and by_id; -1 if the table has no such column.
  int position = -1, element = -1, parent = -1, resource = -1, layout = -1, children = -1, resource_children = -1;
  int first_column = 0;

 private:
  // The steps of the constructor. Each REQUIRES those before it.
  void list_columns();
  void select_rows();
  void write_rows();
  void write_resources();
};

}  // namespace virtsql
