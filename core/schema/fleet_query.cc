#include "core/schema/fleet_query.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/schema/ddl.h"
#include "core/schema/sql_words.h"

namespace virtsql {
namespace {

constexpr std::string_view kVmTable = "virtual_machines";
constexpr std::string_view kCurrentVms = "current_virtual_machines";
// The views by which everything else comes to the VMs that there are.
constexpr std::string_view kViewsOfCurrentVms[] = {"vms", "defined_vms"};

// Ids besides those that the catalog names.
constexpr const char* kIds[] = {"id",         "uuid",          "vm_uuid",  "host",      "host_id",
                                "capture_id", "attachment_id", "owner_id", "device_id", "parent_id"};

// Functions of a host's shell, and what to do for them.
constexpr std::pair<std::string_view, std::string_view> kNotInTheStore[] = {
    {"writefile", "psql writes files with \\o; virtsql restore, on the host, writes all definitions"},
    {"device_xml", "virtsql on the host has it"},
    {"domain_drift", "virtual_machines.drift has what it gives"},
    {"domain_diff", "virtsql has it, on any two documents"},
    {"xml_leaves", "virtsql has it, on any document"},
};

bool begins_query(SqlSlice words) { return !words.empty() && (words[0].is("SELECT") || words[0].is("WITH")); }

// What may stand behind a table instead of its alias.
bool is_clause(const SqlWord& word) {
  for (const std::string_view clause :
       {"ON", "JOIN", "LEFT", "CROSS", "INNER", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", ",", "UNION", "USING"})
    if (word.is(clause)) return true;
  return false;
}

std::string spelled(const SqlWord& word) {
  return word.qualifier.empty() ? word.text : word.qualifier + "." + word.text;
}

// Where a query takes its rows from.
struct Origin {
  std::string name;        // of the table, view, part of WITH, or function
  bool has_source = true;  // a function and a part without ids have none
};

// The origins of a SELECT by alias; from inside, what surrounds it is seen too.
struct Scope {
  std::map<std::string, Origin> origins;
  const Scope* outer = nullptr;

  Origin find(const std::string& alias) const {
    const auto found = origins.find(alias);
    if (found != origins.end()) return found->second;
    return outer ? outer->find(alias) : Origin();
  }
  bool has_source(const SqlWord& name) const { return find(name.qualifier).has_source; }
};

class Translator {
 public:
  Translator(const Catalog& catalog, bool of_current_vms)
      : ids_(std::begin(kIds), std::end(kIds)), of_current_vms_(of_current_vms) {
    for (const Table* table : catalog.tables())
      for (const Name& name : {table->owner_key, table->resource_key})
        if (!name.empty()) ids_.emplace(name);
  }

  std::string translate(SqlSlice words, bool wants_source) {
    query(words, wants_source, nullptr);
    return std::move(out_);
  }

 private:
  void put(std::string_view text) {
    if (!out_.empty() && out_.back() != '(' && text != "," && text != ")") out_ += ' ';
    out_ += text;
  }

  // What each part puts, with commas between.
  template <typename Put>
  void put_list(const std::vector<SqlSlice>& parts, Put put_part) {
    bool first = true;
    for (const SqlSlice part : parts) {
      if (!first) put(",");
      first = false;
      put_part(part);
    }
  }

  bool is_id(const SqlWord& word) const { return word.is_name() && ids_.contains(unquoted(word.text)); }

  // A column, as the store calls it.
  static std::string column(const SqlWord& word, const Scope& scope) {
    if (word.qualifier.empty()) return word.text;
    const std::string table = scope.find(word.qualifier).name;
    if ((table == kVmTable || table == kCurrentVms) && word.text == "uuid") return word.qualifier + ".vm_uuid";
    if ((table == "captures" || table.starts_with("domain_")) && word.text == "captured_at")
      return "utc(" + spelled(word) + ")";
    return spelled(word);
  }

  static std::string with_source(const SqlWord& id, const Scope& scope) {
    if (id.qualifier.empty())
      throw CatalogError("the fleet has " + id.text + " once for each source: write whose it is, alias." + id.text);
    return "(" + id.qualifier + ".source_id, " + column(id, scope) + ")";
  }

  // ---- queries ----

  // [WITH parts] SELECT ... [UNION [ALL] SELECT ...] [ORDER BY ...] [LIMIT ...]
  void query(SqlSlice words, bool wants_source, const Scope* outer) {
    const std::map<std::string, bool> before = parts_;
    if (words[0].is("WITH")) words = words.subspan(with(words, outer));
    const std::size_t end = std::min(find_word(words, "ORDER"), find_word(words, "LIMIT"));
    const SqlSlice tail = words.subspan(end);
    words = words.first(end);
    Scope last;
    for (std::size_t from = 0; from < words.size();) {
      const std::size_t next = find_word(words, "UNION", from);
      if (from > 0) put("UNION");
      if (words[from].is("ALL")) put(words[from++].text);
      last = select(words.subspan(from, next - from), wants_source, outer);
      from = next + 1;
    }
    order_and_limit(tail, last);
    parts_ = before;
  }

  // WITH [RECURSIVE] a [(x)] AS [NOT MATERIALIZED] (...), b AS (...): the index of the SELECT behind it.
  std::size_t with(SqlSlice words, const Scope* outer) {
    std::size_t at = 0;
    while (at < words.size() && !words[at].is("SELECT")) {
      const bool has_list = at + 2 < words.size() && words[at + 1].is_group() && words[at + 2].is("AS");
      const bool is_part = words[at].is_name() && at + 1 < words.size() && (has_list || words[at + 1].is("AS"));
      if (!is_part) {
        put(words[at++].text);
        continue;
      }
      const std::string name = words[at++].text;
      const std::size_t list = at;
      if (has_list) ++at;
      const std::size_t as = at;
      while (!words[at].is_group()) ++at;
      const SqlSlice body = words[at].inside;
      const bool wants_source = has_list ? names_id(words[list].inside) : gives_id(body);
      parts_[name] = wants_source;
      put(name);
      if (has_list) part_columns(words[list].inside, wants_source);
      for (std::size_t i = as; i < at; ++i) put(words[i].text);
      subquery(body, wants_source, outer);
      ++at;
    }
    return at;
  }

  void part_columns(SqlSlice names, bool wants_source) {
    put("(");
    if (wants_source) put("source_id,");
    for (const SqlWord& name : names) put(spelled(name));
    put(")");
  }

  void subquery(SqlSlice words, bool wants_source, const Scope* outer) {
    put("(");
    query(words, wants_source, outer);
    put(")");
  }

  bool names_id(SqlSlice names) const {
    return std::any_of(names.begin(), names.end(), [&](const SqlWord& name) { return is_id(name); });
  }

  // Whether a column of the query's result is an id.
  bool gives_id(SqlSlice words) const {
    const std::size_t select = find_word(words, "SELECT");
    if (select == words.size()) return false;
    const SqlSlice items = words.subspan(select + 1, find_word(words, "FROM", select) - select - 1);
    for (const SqlSlice item : split_at_commas(items))
      if (!item.empty() && is_id(item.back())) return true;
    return false;
  }

  // The name that the item is, with or without an alias; nullptr if it is something else.
  static const SqlWord* plain_name(SqlSlice item) {
    if (!item.empty() && item[0].is("+")) item = item.subspan(1);
    const bool alone = item.size() == 1 || (item.size() == 3 && item[1].is("AS"));
    return alone && item[0].is_name() ? &item[0] : nullptr;
  }

  Scope select(SqlSlice words, bool wants_source, const Scope* outer) {
    const std::size_t from = find_word(words, "FROM");
    const std::size_t group = find_word(words, "GROUP");
    const std::size_t having = find_word(words, "HAVING");
    const std::size_t where = std::min({find_word(words, "WHERE"), group, having});
    const SqlSlice tables = from < words.size() ? words.subspan(from, where - from) : SqlSlice();
    Scope scope;
    scope.outer = outer;
    const std::string first = read_origins(tables, scope);
    put("SELECT");
    SqlSlice items = words.subspan(1, from - 1);
    if (!items.empty() && items[0].is("DISTINCT")) {
      put("DISTINCT");
      items = items.subspan(1);
    }
    if (wants_source) put(source_of(items, scope, first) + ",");
    put_list(split_at_commas(items), [&](SqlSlice item) { select_item(item, scope); });
    from_clause(tables, scope);
    const std::size_t end = std::min(group, having);
    expression(words.subspan(std::min(where, end), end - std::min(where, end)), scope);
    if (group < words.size()) group_by(words.subspan(group + 2, having - group - 2), scope);
    expression(words.subspan(having), scope);
    return scope;
  }

  void select_item(SqlSlice item, const Scope& scope) {
    // A NULL that stands for a UUID.
    if (item.size() == 4 && item[0].is("CAST") && item[1].inside[0].is("NULL") && item[3].is("vm_uuid")) {
      put("CAST(NULL AS uuid) AS vm_uuid");
      return;
    }
    expression(item, scope);
    // A column that the store calls otherwise keeps its name in the result.
    if (item.size() == 1 && item[0].is_name() && column(item[0], scope) != spelled(item[0])) put("AS " + item[0].text);
  }

  // The source of a row of the result: that of the first id in it, else of the first table.
  std::string source_of(SqlSlice items, const Scope& scope, const std::string& first) const {
    for (const SqlSlice item : split_at_commas(items)) {
      const SqlWord* const name = plain_name(item);
      if (name && is_id(*name) && scope.has_source(*name))
        return name->qualifier.empty() ? "source_id" : name->qualifier + ".source_id";
    }
    return first.empty() ? "CAST(NULL AS integer) AS source_id" : first + ".source_id";
  }

  // What FROM and JOIN name, into the scope. The alias of the first that has a source; empty: none has.
  std::string read_origins(SqlSlice words, Scope& scope) const {
    std::string first;
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (!words[i].is("FROM") && !words[i].is("JOIN") && !words[i].is(",")) continue;
      std::size_t at = i + 1;
      Origin origin{words[at].text, true};
      if (words[at].is_group()) {
        origin.has_source = begins_query(words[at].inside) && gives_id(words[at].inside);
      } else if (at + 1 < words.size() && words[at + 1].is_group()) {
        origin.has_source = false;
        ++at;
      } else if (const auto part = parts_.find(origin.name); part != parts_.end()) {
        origin.has_source = part->second;
      }
      std::string alias = origin.name;
      if (at + 2 < words.size() && words[at + 1].is("AS"))
        alias = words[at + 2].text;
      else if (at + 1 < words.size() && words[at + 1].is_name() && !is_clause(words[at + 1]))
        alias = words[at + 1].text;
      if (first.empty() && origin.has_source) first = alias;
      scope.origins[alias] = std::move(origin);
    }
    return first;
  }

  void from_clause(SqlSlice words, const Scope& scope) {
    std::size_t done = 0;
    for (std::size_t i = 1; i < words.size(); ++i) {
      const bool names_origin = words[i - 1].is("FROM") || words[i - 1].is("JOIN") || words[i - 1].is(",");
      const bool is_query = words[i].is_group() && begins_query(words[i].inside);
      if (!names_origin || (!is_query && !(of_current_vms_ && words[i].is(kVmTable)))) continue;
      expression(words.subspan(done, i - done), scope);
      if (is_query)
        subquery(words[i].inside, gives_id(words[i].inside), &scope);
      else
        put(kCurrentVms);
      done = i + 1;
    }
    expression(words.subspan(done), scope);
  }

  void group_by(SqlSlice words, const Scope& scope) {
    put("GROUP BY");
    put_list(split_at_commas(words), [&](SqlSlice item) {
      const SqlWord* const name = plain_name(item);
      if (name && is_id(*name) && !name->qualifier.empty() && scope.has_source(*name))
        put(name->qualifier + ".source_id,");
      expression(item, scope);
    });
  }

  void order_and_limit(SqlSlice words, const Scope& scope) {
    const std::size_t limit = find_word(words, "LIMIT");
    if (limit > 0) {
      put("ORDER BY");
      put_list(split_at_commas(words.subspan(2, limit - 2)), [&](SqlSlice item) {
        expression(item, scope);
        put(item.back().is("DESC") ? "NULLS LAST" : "NULLS FIRST");
      });
    }
    expression(words.subspan(limit), scope);
  }

  // ---- expressions ----

  void expression(SqlSlice words, const Scope& scope) {
    while (!words.empty()) {
      std::size_t taken = ids(words, scope);
      if (!taken) taken = function(words, scope);
      if (!taken) taken = comparison(words);
      if (!taken) {
        if (words[0].is_group())
          group(words[0].inside, scope);
        else
          put(words[0].is_name() ? column(words[0], scope) : words[0].text);
        taken = 1;
      }
      words = words.subspan(taken);
    }
  }

  void group(SqlSlice inside, const Scope& scope) {
    if (begins_query(inside)) {
      subquery(inside, false, &scope);
      return;
    }
    put("(");
    expression(inside, scope);
    put(")");
  }

  // The functions below translate what stands at the beginning of the words. They give how many words that is; 0: it is
  // something else.

  // a.x_id = b.y_id, a.id IN (SELECT ...), PARTITION BY a.id, +a.id.
  std::size_t ids(SqlSlice words, const Scope& scope) {
    if (words.size() > 2 && words[0].is("PARTITION") && is_id(words[2]) && scope.has_source(words[2])) {
      put("PARTITION BY " + words[2].qualifier + ".source_id, " + column(words[2], scope));
      return 3;
    }
    std::size_t at = sign(words);
    if (at >= words.size() || !is_id(words[at])) return 0;
    const SqlWord& left = words[at++];
    const std::size_t list = at + (at < words.size() && words[at].is("NOT") ? 2 : 1);
    if (list < words.size() && words[list - 1].is("IN") && begins_query(words[list].inside) &&
        gives_id(words[list].inside)) {
      put(with_source(left, scope));
      for (; at < list; ++at) put(words[at].text);
      subquery(words[list].inside, true, &scope);
      return list + 1;
    }
    if (at + 1 < words.size() && (words[at].is("=") || words[at].is("<>") || words[at].is("IS"))) {
      const std::size_t right = at + 1 + (words[at + 1].is("+") ? 1 : 0);
      if (right < words.size() && is_id(words[right])) {
        put(with_source(left, scope));
        put(words[at].is("IS") ? "IS NOT DISTINCT FROM" : words[at].text);
        put(with_source(words[right], scope));
        return right + 1;
      }
    }
    if (!sign(words)) return 0;
    put(column(left, scope));
    return 2;
  }

  // 1 if the words begin with a sign, which a plus behind a value is not.
  std::size_t sign(SqlSlice words) const {
    if (!words[0].is("+")) return 0;
    const std::size_t last = out_.find_last_of(' ') + 1;
    const std::string_view before = std::string_view(out_).substr(last);
    for (const std::string_view word : {"ON", "AND", "OR", "WHERE", "SELECT", "DISTINCT", "BY", "WHEN", "=", "<>"})
      if (before == word) return 1;
    return before.empty() || before.ends_with(',') || before.ends_with('(') ? 1 : 0;
  }

  std::size_t function(SqlSlice words, const Scope& scope) {
    if (words.size() < 2 || !words[0].is_name() || !words[1].is_group()) return 0;
    for (const auto& [name, instead] : kNotInTheStore)
      if (words[0].is(name))
        throw CatalogError("the fleet's store has no " + std::string(name) + "(): " + std::string(instead));
    const SqlSlice inside = words[1].inside;
    if (words[0].is("CAST")) return cast(inside, scope);
    if (words[0].is("group_concat")) {
      const std::vector<SqlSlice> arguments = split_at_commas(inside);
      put("string_agg(CAST(");
      expression(arguments[0], scope);
      put("AS text),");
      if (arguments.size() > 1)
        expression(arguments[1], scope);
      else
        put("','");
      put(")");
      return 2;
    }
    if (words[0].is("char")) {
      put("chr(");
      expression(inside, scope);
      put(")");
      return 2;
    }
    if (words[0].is("count") && inside.size() == 2 && inside[0].is("DISTINCT") && is_id(inside[1])) {
      put("count(DISTINCT " + with_source(inside[1], scope) + ")");
      return 2;
    }
    return 0;
  }

  // CAST(value AS type), whose words are given.
  std::size_t cast(SqlSlice inside, const Scope& scope) {
    const SqlSlice value = inside.first(inside.size() - 2);
    const SqlWord& type = inside.back();
    const bool whole = type.is("INTEGER") || type.is("BIGINT");
    if (value.size() == 1 && value[0].is("NULL")) {
      put(whole ? "CAST(NULL AS bigint)" : "CAST(NULL AS text)");
    } else if (whole) {
      put("to_integer(");
      expression(value, scope);
      put(")");
    } else if (value.size() == 2 && value[0].is("coalesce")) {
      put("coalesce(");
      put_list(split_at_commas(value[1].inside), [&](SqlSlice argument) { cast_to(argument, type.text, scope); });
      put(")");
    } else {
      cast_to(value, type.text, scope);
    }
    return 2;
  }

  void cast_to(SqlSlice value, const std::string& type, const Scope& scope) {
    put("CAST(");
    expression(value, scope);
    put("AS " + type + ")");
  }

  std::size_t comparison(SqlSlice words) {
    if (words[0].is("LIKE")) {
      put("ILIKE");
      return 1;
    }
    if (!words[0].is("IS") || words.size() < 2) return 0;
    const std::size_t value = words[1].is("NOT") ? 2 : 1;
    if (value >= words.size() || words[value].is("NULL")) return 0;
    put(value == 2 ? "IS DISTINCT FROM" : "IS NOT DISTINCT FROM");
    return value;
  }

  std::set<std::string, std::less<>> ids_;
  const bool of_current_vms_;
  std::map<std::string, bool> parts_;  // of WITH: whether each has a source
  std::string out_;
};

// `CREATE VIEW name [(column, ...)] AS query`.
FleetView view_of(const Catalog& catalog, std::string_view sql) {
  const std::vector<SqlWord> words = read_sql_words(sql);
  const bool has_list = words[3].is_group();
  FleetView out;
  out.name = unquoted(words[2].text);
  out.sql = "CREATE VIEW virtsql." + quote_identifier(out.name);
  if (has_list) {
    out.sql += " (source_id";
    for (const SqlWord& name : words[3].inside)
      if (name.is_name()) out.sql += ", " + quote_identifier(unquoted(name.text));
    out.sql += ")";
  }
  const bool of_current_vms =
      std::find(std::begin(kViewsOfCurrentVms), std::end(kViewsOfCurrentVms), out.name) != std::end(kViewsOfCurrentVms);
  out.sql +=
      " AS\n" + Translator(catalog, of_current_vms).translate(SqlSlice(words).subspan(has_list ? 5 : 4), true) + ";\n";
  return out;
}

}  // namespace

std::string fleet_query(const Catalog& catalog, std::string_view sql) {
  const std::vector<SqlWord> words = read_sql_words(sql);
  if (!begins_query(words))
    throw CatalogError("the fleet's store is only read: write on the host, in its own database");
  return Translator(catalog, false).translate(words, false);
}

std::vector<FleetView> fleet_views(const Catalog& catalog) {
  constexpr std::string_view kCreate = "\nCREATE VIEW ";
  constexpr std::string_view kComment = "-- ";
  const std::string ddl = schema_ddl(catalog);
  std::vector<FleetView> out;
  for (std::size_t at = ddl.find(kCreate); at != std::string::npos; at = ddl.find(kCreate, at + 1)) {
    out.push_back(view_of(catalog, std::string_view(ddl).substr(at)));
    const std::string_view above = std::string_view(ddl).substr(0, at);
    const std::string_view line = above.substr(above.rfind('\n') + 1);
    if (line.starts_with(kComment)) out.back().doc = line.substr(kComment.size());
  }
  return out;
}

}  // namespace virtsql
