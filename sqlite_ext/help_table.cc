// virtsql_help: the functions and tables of the extension, from within the shell.
//
//   SELECT signature, gives, doc FROM virtsql_help;
//   SELECT doc FROM virtsql_help WHERE name = 'domain_diff';
//
// The rows are read from sql/API.md, which is compiled in. A heading
//
//   ### `domain_xml(vm [, form])` → text
//
// is one row for each signature in it (commas separate several), and the paragraph below the heading is their `doc`.
#include "core/base/lines.h"
#include "sqlite_ext/api_text.h"
#include "sqlite_ext/table_function.h"

namespace virtsql::extension {
namespace {

struct Entry {
  std::string name;
  std::string signature;
  std::string gives;
  std::string doc;
};

// Returns an entry for each signature in the heading, which is a text between backquotes. Their `doc` is still empty.
std::vector<Entry> entries_of(std::string_view heading) {
  constexpr std::string_view kArrow = " → ";
  std::vector<Entry> out;
  const std::size_t arrow = heading.rfind(kArrow);
  const std::string gives(arrow == std::string_view::npos ? "" : heading.substr(arrow + kArrow.size()));
  for (std::size_t from = heading.find('`'); from != std::string_view::npos; from = heading.find('`', from)) {
    const std::size_t to = heading.find('`', from + 1);
    if (to == std::string_view::npos) break;
    const std::string signature(heading.substr(from + 1, to - from - 1));
    out.push_back({signature.substr(0, signature.find('(')), signature, gives, ""});
    from = to + 1;
  }
  return out;
}

std::vector<Entry> read_help() {
  std::vector<Entry> out;
  std::vector<Entry> current;
  std::string doc;
  bool in_doc = false;
  const auto finish = [&] {
    for (Entry& entry : current) {
      entry.doc = doc;
      out.push_back(std::move(entry));
    }
    current.clear();
    doc.clear();
  };
  for (const std::string_view line : lines_of(kApiTexts.front().text)) {
    if (line.starts_with("#")) {
      finish();
      if (line.starts_with("### ")) current = entries_of(line.substr(4));
      in_doc = true;
    } else if (line.empty()) {
      in_doc = in_doc && doc.empty();
    } else if (in_doc) {
      doc += (doc.empty() ? "" : " ") + std::string(line);
    }
  }
  finish();
  return out;
}

const Columns<Entry> kColumns = {{"name TEXT", &Entry::name},
                                 {"signature TEXT", &Entry::signature},
                                 {"gives TEXT", &Entry::gives},
                                 {"doc TEXT", &Entry::doc}};

}  // namespace

int register_help_table(sqlite3* db, const SessionRef& session) {
  TableFunction function;
  function.name = "virtsql_help";
  function.columns = declarations(kColumns);
  function.all_rows = 50;
  function.open = [](const Request&) { return entry_rows(read_help(), kColumns); };
  return register_table_function(db, session, std::move(function));
}

}  // namespace virtsql::extension
