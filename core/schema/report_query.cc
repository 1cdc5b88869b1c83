#include "core/schema/report_query.h"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include "core/base/excerpt.h"
#include "core/schema/everyday_text.h"
#include "core/schema/findings.h"

namespace virtsql {
namespace {

// Whether the text is a name, with or without the alias of its table.
bool is_name(std::string_view text) {
  return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz_.") == std::string_view::npos;
}

// Returns the names in `v.host, v.uuid`; none if that is no list of names.
std::vector<std::string> names_of(std::string_view list) {
  constexpr std::string_view kSeparator = ", ";
  std::vector<std::string> out;
  while (true) {
    const std::size_t end = list.find(kSeparator);
    if (!is_name(list.substr(0, end))) return {};
    out.emplace_back(list.substr(0, end));
    if (end == std::string_view::npos) return out;
    list.remove_prefix(end + kSeparator.size());
  }
}

// `columns`: the host's, and the VM's if there is one.
std::string shown(const std::vector<std::string>& columns, ReportScope scope) {
  const bool is_of_vms = columns.size() > 1;
  if (scope.vm && !is_of_vms) return "0";
  std::string out;
  if (scope.host) out += columns.front() + " = :host";
  if (scope.vm) out += (out.empty() ? "" : " AND ") + columns.back() + " = :vm";
  return out.empty() ? "1" : out;
}

// Returns the recipe as a subquery; "" if none of this name is built in. The semicolon that ends a recipe is left out.
std::string recipe(const std::string& name) {
  for (const EmbeddedText& text : kRecipeTexts)
    if (text.name == name + ".sql")
      return "(" + std::string(text.text.substr(0, text.text.find_last_not_of(";\n") + 1)) + ")";
  return {};
}

// Returns the SQL of the placeholder; "" if there is no such placeholder.
std::string replacement(std::string_view placeholder, const std::vector<std::string>& names, ReportScope scope) {
  if (placeholder == "SHOWN" && (names.size() == 1 || names.size() == 2)) return shown(names, scope);
  if (names.size() != 1) return {};
  const std::string& name = names.front();
  if (placeholder == "RANK") return "CASE " + name + " WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END";
  if (placeholder == "SIZE")
    return "CASE WHEN " + name + " >= 1024 THEN round(" + name + " / 1024.0, 1) || ' GiB' ELSE " + name +
           " || ' MiB' END";
  if (placeholder == "RECIPE") return recipe(name);
  if (placeholder != "FINDING") return {};
  const auto found =
      std::find_if(findings().begin(), findings().end(), [&](const Finding& finding) { return finding.name == name; });
  return found == findings().end() ? std::string() : "(" + found->sql + ")";
}

}  // namespace

std::string report_query(std::string_view query, ReportScope scope) {
  constexpr std::string_view kEnd = ")@";
  std::string out;
  for (std::size_t at; (at = query.find('@')) != std::string_view::npos;) {
    out += query.substr(0, at);
    query.remove_prefix(at);
    const std::size_t open = query.find('(');
    const std::size_t end = query.find(kEnd);
    std::string sql;
    if (open < end && end != std::string_view::npos)
      sql = replacement(query.substr(1, open - 1), names_of(query.substr(open + 1, end - open - 1)), scope);
    if (sql.empty()) throw std::invalid_argument("no placeholder: " + excerpt(query));
    out += sql;
    query.remove_prefix(end + kEnd.size());
  }
  return out.append(query);
}

}  // namespace virtsql
