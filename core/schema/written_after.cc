#include "core/schema/written_after.h"

#include <string>

namespace virtsql {

const Column& written_after(std::span<const Column* const> row, const Column& column) {
  for (std::size_t prefix = column.name.size(); prefix != std::string::npos;
       prefix = column.name.rfind('_', prefix - 1)) {
    const std::string name = std::string(column.name.substr(0, prefix)) + "_" + column.marks->after;
    for (const Column* other : row)
      if (other->name == name) return *other;
    if (prefix == 0) break;
  }
  for (const Column* other : row)
    if (other->name == column.marks->after) return *other;
  throw CatalogError("table " + column.table->name + ": there is no column " + column.marks->after + " before " +
                     column.name);
}

}  // namespace virtsql
