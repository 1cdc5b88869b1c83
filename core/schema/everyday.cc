#include "core/schema/everyday.h"

#include <cassert>

#include "core/base/letters.h"
#include "core/schema/ddl.h"
#include "core/schema/everyday_text.h"
#include "core/schema/findings.h"
#include "core/schema/host_files.h"
#include "core/schema/schema_text.h"
#include "core/schema/sql_name.h"
#include "core/schema/view_columns.h"
#include "core/schema/vm_devices.h"

namespace virtsql {
namespace {

void replace(std::string& text, std::string_view place, const std::string& with) {
  if (const std::size_t at = text.find(place); at != std::string::npos) text.replace(at, place.size(), with);
}

// The triggers that refuse writes to a view. Without them SQLite would say only that the view cannot be modified, not
// what to write to instead.
std::string read_only(const std::string& view, std::string_view hint) {
  std::string out;
  for (const char* event : {"INSERT", "UPDATE", "DELETE"})
    out += "CREATE TRIGGER " + view + "_" + lower_case(event[0]) + " INSTEAD OF " + event + " ON " + view +
           " BEGIN SELECT RAISE(ABORT," + sql_literal(view + " is read-only; to write: " + std::string(hint)) +
           ");END;\n";
  return out;
}

}  // namespace

const std::vector<Described>& everyday_views() {
  static const std::vector<Described> views = [] {
    std::vector<Described> out;
    for (const EmbeddedText& file : kViewTexts)
      for (Described& view : describe(file.text)) {
        view.is_everyday = !is_for_other_views(view);
        out.push_back(std::move(view));
      }
    return out;
  }();
  return views;
}

const std::vector<Described>& fixed_tables() {
  static const std::vector<Described> tables = describe(kSchemaTexts.front().text);
  return tables;
}

std::string everyday_ddl(const Catalog& catalog) {
  for (const Described& view : everyday_views())
    for (const Table* table : catalog.tables())
      if (table->name == view.name || (table->is_device() && view_name(*table) == view.name))
        throw CatalogError("table " + table->name + ": " + view.name + " is the name of an everyday view");
  std::string out;
  for (const EmbeddedText& file : kViewTexts) {
    const std::vector<Described> described = describe(file.text);
    assert(described.size() == 1 && described.front().name == name_of_file(file.name));
    std::string sql = compact(file.text);
    replace(sql, "@DEVICES@", devices_sql(catalog));
    replace(sql, "@FILES@", files_sql(catalog));
    replace(sql, "@FINDINGS@", findings_sql());
    out +=
        "\n-- " + described.front().doc + "\n" + sql + "\n" + read_only(described.front().name, write_hint(file.text));
  }
  return out;
}

}  // namespace virtsql
