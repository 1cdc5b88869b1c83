#include "core/schema/findings.h"

#include <algorithm>
#include <cassert>
#include <string_view>
#include <utility>

#include "core/base/lines.h"
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

// The order is for SQLite: whatever one SELECT of a UNION ALL has opened stays open to the end of the statement, and to
// open the tables of a subquery, again for each row, takes the longer, the more is open. So rules that ask for each row
// whether something exists come first, and short ones, which open little, before long ones. The VM's name comes from
// each SELECT, so that a condition on it reaches the rule.
std::string findings_sql() {
  std::vector<const Finding*> rules;
  for (const Finding& finding : findings()) rules.push_back(&finding);
  const auto rank = [](const Finding* rule) {
    return std::pair(rule->sql.find("EXISTS") == std::string::npos, rule->sql.size());
  };
  std::stable_sort(rules.begin(), rules.end(), [&](const Finding* a, const Finding* b) { return rank(a) < rank(b); });
  std::string out;
  for (const Finding* rule : rules) {
    const bool first = out.empty();
    out += (first ? "SELECT " : " UNION ALL SELECT ") + sql_literal(rule->severity) + (first ? " AS severity," : ",") +
           sql_literal(rule->name) + (first ? " AS rule," : ",") + "f.host_id,v.name" + (first ? " AS vm_name" : "") +
           ",f.vm_uuid,f.detail FROM (" + rule->sql + ")f LEFT JOIN virtual_machines v ON v.uuid=f.vm_uuid";
  }
  return out;
}

}  // namespace virtsql
