#include "core/schema/findings.h"

#include <algorithm>
#include <cassert>
#include <string_view>

#include "core/base/words.h"
#include "core/schema/ddl.h"
#include "core/schema/described.h"
#include "core/schema/everyday_text.h"
#include "core/schema/sql_name.h"

namespace virtsql {
namespace {

Finding read_finding(const EmbeddedText& file) {
  Finding out;
  out.name = name_of_file(file.name);
  std::string_view body = file.text;
  bool first = true;
  for (const std::string_view line : lines_of(file.text)) {
    std::string_view comment;
    if (!comment_of(line, comment)) break;
    if (first) {
      const std::size_t colon = comment.find(": ");
      assert(colon != std::string_view::npos && "a finding begins with -- SEVERITY: what it finds");
      out.severity = comment.substr(0, colon);
      comment.remove_prefix(colon + 2);
    }
    first = false;
    add_words(out.doc, comment);
    body = body.substr(std::min(static_cast<std::size_t>(line.data() + line.size() - body.data()) + 1, body.size()));
  }
  out.sql = compact(body);
  if (out.sql.ends_with(";")) out.sql.pop_back();
  return out;
}

}  // namespace

const std::vector<Finding>& findings() {
  static const std::vector<Finding> rules = [] {
    std::vector<Finding> out;
    for (const EmbeddedText& file : kFindingTexts) out.push_back(read_finding(file));
    return out;
  }();
  return rules;
}

// A rule may have several SELECTs with UNION ALL: each gets the rule's severity and name as its first columns.
std::string findings_sql() {
  constexpr std::string_view kSelect = "SELECT ";
  constexpr std::string_view kNext = " UNION ALL SELECT ";
  std::string out;
  for (const Finding& finding : findings()) {
    assert(finding.sql.starts_with(kSelect) && "a finding is SELECT host_id, vm_uuid, detail");
    const bool first = out.empty();
    const std::string said = sql_literal(finding.severity) + (first ? " AS severity," : ",") +
                             sql_literal(finding.name) + (first ? " AS rule," : ",");
    std::string sql = finding.sql.substr(kSelect.size());
    for (std::size_t at = sql.find(kNext); at != std::string::npos; at = sql.find(kNext, at + kNext.size()))
      sql.insert(at + kNext.size(), sql_literal(finding.severity) + "," + sql_literal(finding.name) + ",");
    out += (first ? "" : " UNION ALL ") + std::string(kSelect) + said + sql;
  }
  return out;
}

}  // namespace virtsql
