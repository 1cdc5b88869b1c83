#include "core/schema/fleet_query.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "core/base/sql_quote.h"
#include "core/schema/fleet_scope.h"
#include "core/schema/fleet_tables.h"

namespace virtsql {
namespace {

// A function that a host has and the store does not: what to use instead, and its arguments in the store, which leads
// there whoever calls it by hand. A VM may be given as uuid, too.
struct NotInTheStore {
  std::string_view name;
  std::string_view arguments;
  std::string_view instead;
};
constexpr std::string_view kOnTheHost = "the store is only read; virtsql --write on the host has it";
constexpr std::string_view kOnAnyDocument = "virtsql has it, on any document";
constexpr NotInTheStore kNotInTheStore[] = {
    {"writefile", "text, text", "psql writes files with \\o; virtsql restore, on the host, writes all definitions"},
    {"device_xml", "text, bigint", "virtsql on the host has it"},
    {"try_domain_xml", "vm, text DEFAULT NULL", "domain_xml() has it: NULL if no XML can express the rows"},
    {"domain_import", "text, text DEFAULT NULL", kOnTheHost},
    {"domain_accept", "vm", kOnTheHost},
    {"domain_clone", "vm, text", kOnTheHost},
    {"domain_drift", "vm", "virtual_machines.drift has what it gives"},
    {"domain_drift", "", "virtual_machines.drift has what it gives"},
    {"domain_diff", "text, text, text DEFAULT NULL", "virtsql has it, on any two documents"},
    {"domain_validate", "text", kOnAnyDocument},
    {"xml_leaves", "text", kOnAnyDocument},
    {"xml_json", "text", kOnAnyDocument},
    {"json_xml", "text", "virtsql has it, on any text"},
};

std::string refusal(std::string_view name, std::string_view instead) {
  return "the fleet's store has no " + std::string(name) + "(): " + std::string(instead);
}

class Translator {
 public:
  Translator(const Catalog& catalog, bool of_current_vms) : ids_(catalog), of_current_vms_(of_current_vms) {}

  std::string translate(SqlSlice words, bool wants_source) {
    query(words, wants_source, nullptr);
    return std::move(out_);
  }

 private:
  void put(std::string_view text) {
    if (!out_.empty() && out_.back() != '(' && text != "," && text != ")") out_ += ' ';
    out_ += text;
  }

  // Calls `put_part` for each part, with a comma between two parts.
  template <typename Put>
  void put_list(const std::vector<SqlSlice>& parts, Put put_part) {
    bool first = true;
    for (const SqlSlice part : parts) {
      if (!first) put(",");
      first = false;
      put_part(part);
    }
  }

  // ---- queries ----

  // [WITH parts] SELECT ... [UNION [ALL] SELECT ...] [ORDER BY ...] [LIMIT ...]
  void query(SqlSlice words, bool wants_source, const FleetScope* outer) {
    const FleetScope::Parts before = parts_;
    if (words[0].is("WITH")) words = words.subspan(with(words, outer));
    const std::size_t end = std::min(find_word(words, "ORDER"), find_word(words, "LIMIT"));
    const SqlSlice tail = words.subspan(end);
    words = words.first(end);
    if (words.empty()) throw CatalogError("the query has no SELECT behind its WITH");
    FleetScope last;
    for (std::size_t from = 0;;) {
      const std::size_t next = find_word(words, "UNION", from);
      if (from > 0) put("UNION");
      if (words[from].is("ALL")) put(words[from++].text);
      last = select(words.subspan(from, next - from), wants_source, outer);
      if (next == words.size()) break;
      from = next + 1;
    }
    order_and_limit(tail, wants_source, last);
    parts_ = before;
  }

  // Translates WITH [RECURSIVE] a [(x)] AS [[NOT] MATERIALIZED] (...), b AS (...). Returns the index of the SELECT
  // behind it.
  std::size_t with(SqlSlice words, const FleetScope* outer) {
    std::size_t at = 0;
    while (at < words.size() && !words[at].is("SELECT")) {
      const bool has_list = at + 2 < words.size() && words[at + 1].is_group() && words[at + 2].is("AS");
      const bool is_part =
          words[at].is_name_or_number() && at + 1 < words.size() && (has_list || words[at + 1].is("AS"));
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
      const bool wants_source = has_list ? ids_.names_id(words[list].inside) : ids_.gives_id(body);
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

  void subquery(SqlSlice words, bool wants_source, const FleetScope* outer) {
    put("(");
    query(words, wants_source, outer);
    put(")");
  }

  FleetScope select(SqlSlice words, bool wants_source, const FleetScope* outer) {
    if (!words[0].is("SELECT") && !words[0].is("VALUES"))
      throw CatalogError("the query cannot be read: a SELECT should stand where \"" + words[0].text + "\" stands");
    const std::size_t from = find_word(words, "FROM");
    const std::size_t group = find_word(words, "GROUP");
    const std::size_t having = find_word(words, "HAVING");
    const std::size_t where = std::min({find_word(words, "WHERE"), group, having});
    const SqlSlice tables = from < words.size() ? words.subspan(from, where - from) : SqlSlice();
    FleetScope scope(tables, ids_, parts_, outer);
    put("SELECT");
    SqlSlice items = words.subspan(1, from - 1);
    if (!items.empty() && items[0].is("DISTINCT")) {
      put("DISTINCT");
      items = items.subspan(1);
    }
    if (wants_source) put(scope.source_of(items, ids_) + ",");
    put_list(split_at_commas(items), [&](SqlSlice item) { select_item(item, scope); });
    from_clause(tables, scope);
    const std::size_t end = std::min(group, having);
    expression(words.subspan(std::min(where, end), end - std::min(where, end)), scope);
    if (group < words.size()) group_by(words.subspan(group + 2, having - group - 2), items, wants_source, scope);
    expression(words.subspan(having), scope);
    return scope;
  }

  void select_item(SqlSlice item, const FleetScope& scope) {
    // CAST(NULL AS ...) AS vm_uuid: in the store a vm_uuid is of the type uuid, also in the SELECTs that a UNION joins
    // to this one.
    if (item.size() == 4 && item[0].is("CAST") && SqlSlice(item[1].inside)[0].is("NULL") && item[3].is("vm_uuid")) {
      put("CAST(NULL AS uuid) AS vm_uuid");
      return;
    }
    expression(item, scope);
    // If the store has the column under another name (v.vm_uuid for v.uuid), the result keeps the host's name.
    if (item.size() == 1 && item[0].is_name_or_number() && scope.column(item[0]) != spelled(item[0]))
      put("AS " + item[0].text);
  }

  void from_clause(SqlSlice words, const FleetScope& scope) {
    std::size_t done = 0;
    for (std::size_t i = 1; i < words.size(); ++i) {
      if (words[i].is("NATURAL") || (words[i - 1].is("USING") && words[i].is_group() && ids_.names_id(words[i].inside)))
        throw CatalogError("the fleet has ids once for each source: join ON a.id = b.id, not by USING or NATURAL");
      const bool names_origin = words[i - 1].is("FROM") || words[i - 1].is("JOIN") || words[i - 1].is(",");
      if (names_origin && words[i].is_name_or_number() && !parts_.contains(words[i].text)) refuse_missing(words[i]);
      const bool is_query = words[i].is_group() && begins_query(words[i].inside);
      if (!names_origin || (!is_query && !(of_current_vms_ && words[i].is(kFleetVmTable)))) continue;
      expression(words.subspan(done, i - done), scope);
      if (is_query)
        subquery(words[i].inside, ids_.gives_id(words[i].inside), &scope);
      else
        put(kFleetCurrentVms);
      done = i + 1;
    }
    expression(words.subspan(done), scope);
  }

  // `selected`: the items of the SELECT. GROUP BY can name them by their number or alias.
  void group_by(SqlSlice words, SqlSlice selected, bool wants_source, const FleetScope& scope) {
    const std::vector<SqlSlice> items = split_at_commas(selected);
    put("GROUP BY");
    put_list(split_at_commas(words), [&](SqlSlice item) {
      const SqlWord* const name = plain_name(item);
      const auto same = std::find_if(items.begin(), items.end(), [&](const SqlSlice& each) {
        return name && name->qualifier.empty() &&
               (number(item) == static_cast<std::size_t>(&each - items.data()) + 1 || each.back().text == name->text);
      });
      const SqlWord* const meant = same == items.end() ? name : plain_name(*same);
      if (meant && ids_.is_id(*meant) && scope.has_source(*meant)) put(scope.source(*meant) + ",");
      item_by_number(item, wants_source, scope);
    });
  }

  // Returns the number if the item is one, as in ORDER BY 1; else 0.
  static std::size_t number(SqlSlice item) {
    std::size_t out = 0;
    if (item.empty() || !item[0].is_name_or_number()) return 0;
    const std::string& text = item[0].text;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size() ? out : 0;
  }

  // An item of ORDER BY or GROUP BY. If the result has its source in front, the others are one place further on.
  void item_by_number(SqlSlice item, bool wants_source, const FleetScope& scope) {
    const std::size_t place = wants_source ? number(item) : 0;
    if (place > 0) {
      put(std::to_string(place + 1));
      item = item.subspan(1);
    }
    expression(item, scope);
  }

  void order_and_limit(SqlSlice words, bool wants_source, const FleetScope& scope) {
    const std::size_t limit = find_word(words, "LIMIT");
    if (limit > 0) {
      put("ORDER BY");
      put_list(split_at_commas(words.subspan(2, limit - 2)), [&](SqlSlice item) {
        item_by_number(item, wants_source, scope);
        put(item.back().is("DESC") ? "NULLS LAST" : "NULLS FIRST");
      });
    }
    expression(words.subspan(limit), scope);
  }

  // ---- expressions ----

  void expression(SqlSlice words, const FleetScope& scope) {
    while (!words.empty()) {
      std::size_t taken = ids(words, scope);
      if (!taken) taken = function(words, scope);
      if (!taken) taken = comparison(words, scope);
      if (!taken) {
        if (words[0].is_group())
          group(words[0].inside, scope);
        else
          put(words[0].is_name_or_number() ? scope.column(words[0]) : words[0].text);
        taken = 1;
      }
      words = words.subspan(taken);
    }
  }

  void group(SqlSlice inside, const FleetScope& scope) {
    if (begins_query(inside)) {
      subquery(inside, false, &scope);
      return;
    }
    put("(");
    expression(inside, scope);
    put(")");
  }

  // Each function below translates a construct that stands at the beginning of the words, and returns how many words it
  // translated. It returns 0 if the words begin with something else.

  // a.x_id = b.y_id, a.id < b.id, a.id IN (SELECT ...), PARTITION BY a.id, +a.id.
  std::size_t ids(SqlSlice words, const FleetScope& scope) {
    if (words.size() > 2 && words[0].is("PARTITION")) {
      std::size_t end = words.size();
      for (const std::string_view next : {"ORDER", "ROWS", "RANGE", "GROUPS"})
        end = std::min(end, find_word(words, next));
      put("PARTITION BY");
      put_list(split_at_commas(words.subspan(2, end - 2)), [&](SqlSlice item) {
        const SqlWord* const name = plain_name(item);
        if (name && ids_.is_id(*name) && scope.has_source(*name)) put(scope.source(*name) + ",");
        expression(item, scope);
      });
      return end;
    }
    std::size_t at = sign(words);
    if (at >= words.size() || !ids_.is_id(words[at])) return 0;
    const SqlWord& left = words[at++];
    const std::size_t list = at + (at < words.size() && words[at].is("NOT") ? 2 : 1);
    if (list < words.size() && words[list - 1].is("IN") && begins_query(words[list].inside) &&
        ids_.gives_id(words[list].inside)) {
      put(scope.with_source(left));
      for (; at < list; ++at) put(words[at].text);
      subquery(words[list].inside, true, &scope);
      return list + 1;
    }
    if (const auto [compared, taken] = comparison_of_ids(words.subspan(at)); taken) {
      const std::size_t right = at + taken + (at + taken < words.size() && words[at + taken].is("+") ? 1 : 0);
      if (right < words.size() && ids_.is_id(words[right])) {
        put(scope.with_source(left));
        put(compared);
        put(scope.with_source(words[right]));
        return right + 1;
      }
    }
    if (!sign(words)) return 0;
    put(scope.column(left));
    return 2;
  }

  // The operator with which the words begin, as the store has it, and how many words it is: 0 if it compares nothing.
  static std::pair<std::string_view, std::size_t> comparison_of_ids(SqlSlice words) {
    if (words.empty()) return {};
    if (words[0].is("IS"))
      return words.size() > 1 && words[1].is("NOT")
                 ? std::pair<std::string_view, std::size_t>("IS DISTINCT FROM", 2)
                 : std::pair<std::string_view, std::size_t>("IS NOT DISTINCT FROM", 1);
    if (words[0].is("==")) return {"=", 1};
    for (const std::string_view sign : {"=", "<>", "!=", "<", "<=", ">", ">="})
      if (words[0].is(sign)) return {sign, 1};
    return {};
  }

  // Returns 1 if the words begin with a plus as a sign, else 0. A plus behind a value is an addition, not a sign.
  std::size_t sign(SqlSlice words) const {
    if (!words[0].is("+")) return 0;
    const std::size_t last = out_.find_last_of(' ') + 1;
    const std::string_view before = std::string_view(out_).substr(last);
    for (const std::string_view word : {"ON", "AND", "OR", "WHERE", "SELECT", "DISTINCT", "BY", "WHEN", "=", "<>"})
      if (before == word) return 1;
    return before.empty() || before.ends_with(',') || before.ends_with('(') ? 1 : 0;
  }

  static void refuse_missing(const SqlWord& word) {
    for (const auto& [name, arguments, instead] : kNotInTheStore)
      if (word.is(name)) throw CatalogError(refusal(name, instead));
  }

  std::size_t function(SqlSlice words, const FleetScope& scope) {
    if (words.size() < 2 || !words[0].is_name_or_number() || !words[1].is_group()) return 0;
    refuse_missing(words[0]);
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
    if (words[0].is("sum")) {
      put("sum_of(");
      expression(inside, scope);
      put(")");
      return 2;
    }
    if (words[0].is("substr") || words[0].is("substring")) return from_the_end(inside, scope);
    if (words[0].is("char")) {
      put("chr(");
      expression(inside, scope);
      put(")");
      return 2;
    }
    if (words[0].is("count") && inside.size() == 2 && inside[0].is("DISTINCT") && ids_.is_id(inside[1])) {
      put("count(DISTINCT " + scope.with_source(inside[1]) + ")");
      return 2;
    }
    return 0;
  }

  // Translates substr(value, -n), the last n characters: PostgreSQL counts from the beginning alone. `inside` are the
  // words in its parentheses.
  std::size_t from_the_end(SqlSlice inside, const FleetScope& scope) {
    const std::vector<SqlSlice> arguments = split_at_commas(inside);
    if (arguments.size() < 2 || !arguments[1][0].is("-")) return 0;
    if (arguments.size() > 2 || arguments[1].size() != 2 || number(arguments[1].subspan(1)) == 0)
      throw CatalogError(
          "the fleet's store takes substr(value, -n), the last n characters, but no other negative start");
    put("right(CAST(");
    expression(arguments[0], scope);
    put("AS text),");
    put(arguments[1][1].text);
    put(")");
    return 2;
  }

  // Translates CAST(value AS type). `inside` are the words in its parentheses.
  std::size_t cast(SqlSlice inside, const FleetScope& scope) {
    const std::size_t as = find_word(inside, "AS");
    if (as + 2 != inside.size())
      throw CatalogError("the fleet's store takes CAST(value AS type), the type in one word");
    const SqlSlice value = inside.first(as);
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

  void cast_to(SqlSlice value, const std::string& type, const FleetScope& scope) {
    put("CAST(");
    expression(value, scope);
    put("AS " + type + ")");
  }

  std::size_t comparison(SqlSlice words, const FleetScope& scope) {
    if (words[0].is("==")) {
      put("=");
      return 1;
    }
    if (words[0].is("LIKE")) return like(words, scope);
    if (!words[0].is("IS") || words.size() < 2) return 0;
    const std::size_t value = words[1].is("NOT") ? 2 : 1;
    if (value >= words.size() || words[value].is("NULL")) return 0;
    put(value == 2 ? "IS DISTINCT FROM" : "IS NOT DISTINCT FROM");
    return value;
  }

  // LIKE pattern [ESCAPE c]. Without ESCAPE, a backslash in a pattern of SQLite is a backslash; PostgreSQL would take
  // it for an escape.
  std::size_t like(SqlSlice words, const FleetScope& scope) {
    std::size_t end = 1;
    while (end < words.size() && !ends_pattern(words[end - 1], words[end])) ++end;
    put("ILIKE");
    const SqlSlice pattern = words.subspan(1, end - 1);
    expression(pattern, scope);
    const bool is_plain = pattern.size() == 1 && pattern[0].kind == SqlWord::Kind::kText &&
                          pattern[0].text.find('\\') == std::string::npos;
    if (!is_plain && !(end < words.size() && words[end].is("ESCAPE"))) put("ESCAPE ''");
    return end;
  }

  // Whether the word cannot be part of LIKE's pattern: it is an operator that binds no stronger than LIKE, or a word
  // behind a complete operand (AND, ORDER, an alias, ...).
  static bool ends_pattern(const SqlWord& before, const SqlWord& word) {
    const bool is_operand = before.kind != SqlWord::Kind::kSymbol || before.text.starts_with(':');
    if (word.is_name_or_number() && is_operand && !before.is("LIKE")) return true;
    for (const std::string_view end : {"=", "==", "<>", "!=", "<", "<=", ">", ">=", ","})
      if (word.is(end)) return true;
    return false;
  }

  const FleetIds ids_;
  const bool of_current_vms_;
  FleetScope::Parts parts_;
  std::string out_;
};

}  // namespace

std::string functions_not_in_the_store() {
  std::string out;
  const auto add = [&](const NotInTheStore& function, const std::string& arguments) {
    out +=
        "CREATE OR REPLACE FUNCTION virtsql." + std::string(function.name) + "(" + arguments +
        ") RETURNS text\nLANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$ BEGIN\n  RAISE EXCEPTION "
        "USING MESSAGE = " +
        sql_literal("virtsql: " + refusal(function.name, function.instead)) +
        ", ERRCODE = 'undefined_function';\nEND $$;\n";
  };
  for (const NotInTheStore& function : kNotInTheStore) {
    const std::string arguments(function.arguments);
    if (!arguments.starts_with("vm")) {
      add(function, arguments);
      continue;
    }
    for (const char* type : {"text", "uuid"}) add(function, type + arguments.substr(2));
  }
  return out;
}

std::string fleet_query(const Catalog& catalog, std::string_view sql) {
  std::string_view rest;
  const std::vector<SqlWord> words = read_sql_words(sql, &rest);
  if (!begins_query(words))
    throw CatalogError("the fleet's store is only read: write on the host, in its own database");
  if (!rest.empty())
    throw CatalogError("one query at a time is translated: behind its semicolon there is another one, " +
                       std::string(rest.substr(0, std::min<std::size_t>(rest.find('\n'), 40))));
  return Translator(catalog, false).translate(words, false);
}

std::string fleet_view_query(const Catalog& catalog, SqlSlice query, bool of_current_vms) {
  return Translator(catalog, of_current_vms).translate(query, true);
}

}  // namespace virtsql
