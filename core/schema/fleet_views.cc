#include "core/schema/fleet_views.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "core/base/sql_quote.h"
#include "core/schema/ddl.h"
#include "core/schema/fleet_query.h"
#include "core/schema/sql_words.h"

namespace virtsql {
namespace {

// The views that read current_virtual_machines, so that each VM appears once. Other views read these two if they
// need that.
constexpr std::string_view kViewsOfCurrentVms[] = {"vms", "defined_vms"};

// Translates `CREATE VIEW name [(column, ...)] AS query`. Leaves `doc` empty.
FleetView translated_view(const Catalog& catalog, std::string_view sql) {
  const std::vector<SqlWord> words = read_sql_words(sql);
  const bool has_list = words[3].is_group();
  FleetView out;
  out.name = unquoted(words[2].text);
  out.sql = "CREATE VIEW virtsql." + quote_identifier(out.name);
  if (has_list) {
    out.sql += " (source_id";
    for (const SqlWord& name : words[3].inside)
      if (name.is_name_or_number()) out.sql += ", " + quote_identifier(unquoted(name.text));
    out.sql += ")";
  }
  const bool of_current_vms =
      std::find(std::begin(kViewsOfCurrentVms), std::end(kViewsOfCurrentVms), out.name) != std::end(kViewsOfCurrentVms);
  out.sql += " AS\n" + fleet_view_query(catalog, SqlSlice(words).subspan(has_list ? 5 : 4), of_current_vms) + ";\n";
  return out;
}

}  // namespace

std::vector<FleetView> fleet_views(const Catalog& catalog) {
  constexpr std::string_view kCreate = "\nCREATE VIEW ";
  constexpr std::string_view kComment = "-- ";
  const std::string ddl = schema_ddl(catalog);
  std::vector<FleetView> out;
  for (std::size_t at = ddl.find(kCreate); at != std::string::npos; at = ddl.find(kCreate, at + 1)) {
    out.push_back(translated_view(catalog, std::string_view(ddl).substr(at)));
    const std::string_view above = std::string_view(ddl).substr(0, at);
    const std::string_view line = above.substr(above.rfind('\n') + 1);
    if (line.starts_with(kComment)) out.back().doc = line.substr(kComment.size());
  }
  return out;
}

}  // namespace virtsql
