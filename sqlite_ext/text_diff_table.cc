// text_diff(a, b): the differences between two texts, line by line, in the unified format with three lines of context.
//
//   SELECT kind, line FROM text_diff(captured_xml(1), captured_xml(2));
//
// `kind` is place (@@ -1,4 +1,5 @@), same, removed or added. There is no row if the texts are the same.
#include <dtl/dtl.hpp>
#include <sstream>

#include "core/base/lines.h"
#include "sqlite_ext/table_function.h"

namespace virtsql::extension {
namespace {

struct Entry {
  std::string_view kind;
  std::string line;
};

const Columns<Entry> kColumns = {{"kind TEXT", &Entry::kind}, {"line TEXT", &Entry::line}};

std::vector<std::string> copied_lines(std::string_view text) {
  const std::vector<std::string_view> lines = lines_of(text);
  return {lines.begin(), lines.end()};
}

std::string_view kind_of(dtl::edit_t type) {
  return type == dtl::SES_DELETE ? "removed" : type == dtl::SES_ADD ? "added" : "same";
}

std::unique_ptr<Rows> open(const Request& request) {
  if (request.is_null(0) || request.is_null(1)) return nullptr;
  dtl::Diff<std::string> difference(copied_lines(request.text(0)), copied_lines(request.text(1)));
  difference.onHuge();
  difference.compose();
  difference.composeUnifiedHunks();
  std::vector<Entry> entries;
  for (const auto& hunk : difference.getUniHunks()) {
    std::ostringstream place;
    place << "@@ -" << hunk.a << "," << hunk.b << " +" << hunk.c << "," << hunk.d << " @@";
    entries.push_back({"place", place.str()});
    for (const auto& [line, info] : hunk.common[0]) entries.push_back({"same", line});
    for (const auto& [line, info] : hunk.change) entries.push_back({kind_of(info.type), line});
    for (const auto& [line, info] : hunk.common[1]) entries.push_back({"same", line});
  }
  return entry_rows(std::move(entries), kColumns);
}

}  // namespace

int register_text_diff_table(sqlite3* db, const SessionRef& session) {
  TableFunction function;
  function.name = "text_diff";
  function.columns = declarations(kColumns);
  function.arguments = {"a", "b"};
  function.required = 2;
  function.usage = "text_diff(captured_xml(1), captured_xml(2))";
  function.open = open;
  return register_table_function(db, session, std::move(function));
}

}  // namespace virtsql::extension
