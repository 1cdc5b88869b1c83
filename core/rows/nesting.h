// Puts rows of a table whose elements nest in one another (`parent_id`) into the tree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/base/arena.h"
#include "core/catalog/catalog.h"
#include "core/rows/row.h"

namespace virtsql {

// A row that was read, and has no place yet.
struct LooseRow {
  Row* row = nullptr;             // of the table's first element; its parent_id is 0 at the top
  std::string_view element_name;  // the label of its element; without data if the table has one element alone
};

// A row that has a place.
struct PlacedRow {
  Row* row = nullptr;
  std::size_t depth = 0;  // of its element in the XML
};

// Appends each row to the list of its element in `top`, or in the row of the same table that its parent_id names. Rows
// of one parent keep their order. Returns the rows, each after its parent. The element of a nested row is known only
// once its parent's is, so all rows of the table below `top` must be given. Throws RowError if a row cannot stand in
// its parent, is nested too deep (xml::kMaxDepth), or cannot be reached from the top: its parent is missing or is
// nested in it.
std::vector<PlacedRow> nest_rows(const Table& table, const std::vector<LooseRow>& rows, Row& top, Arena& arena);

}  // namespace virtsql
