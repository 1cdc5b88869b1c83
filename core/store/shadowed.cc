#include "core/store/shadowed.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/base/letters.h"
#include "core/store/store_error.h"

namespace virtsql {
namespace {

// The tables and views of sql/schema.sql.
constexpr std::array<std::string_view, 12> kHandWritten{
    "virtsql_database",    "virtsql_objects", "hosts",     "documents",      "captures",
    "late_captures",       "moved_captures",  "vm_states", "vendor_options", "virtsql_vm_names",
    "virtumancer_imports", "virtsql_edit"};

}  // namespace

void refuse_shadowed_tables(Database& database, const Catalog& catalog) {
  Use names(database.prepared("SELECT name FROM temp.sqlite_schema WHERE type IN ('table', 'view')"));
  while (names->step()) {
    const std::string name = lower_case(names->get_text(0));
    if (catalog.find_table(name) || std::find(kHandWritten.begin(), kHandWritten.end(), name) != kHandWritten.end())
      throw StoreError("this connection has a temporary table " + name + ", which hides virtsql's: DROP TABLE temp." +
                       name + ", and give yours another name");
  }
}

}  // namespace virtsql
