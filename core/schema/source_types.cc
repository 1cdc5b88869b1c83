#include "core/schema/source_types.h"

#include <algorithm>
#include <cassert>
#include <string_view>

#include "core/base/split.h"
#include "core/base/sql_quote.h"
#include "core/schema/condition_sql.h"
#include "core/schema/sql_name.h"

namespace virtsql {
namespace {

// A column that says what the source is, and the types that its rules or its mark {with} give.
struct Source {
  const Column* column = nullptr;
  std::vector<std::string_view> types;
  std::string_view own;      // the type of most such sources
  bool by_value = false;     // a rule asks for its value: a device /dev/vhost-vdpa-0 is of another type than others
  bool by_presence = false;  // a rule asks only whether it is there
};

std::vector<Source> sources_of(const Column& type) {
  std::vector<Source> out;
  for (const std::span<const Replacement> rules : {type.marks->replaced, type.marks->preset_if})
    for (const Replacement& rule : rules) {
      if (rule.conditions.size() != 1 || !can_be_sql(rule.conditions.front())) continue;
      const Condition& condition = rule.conditions.front();
      auto source =
          std::find_if(out.begin(), out.end(), [&](const Source& each) { return each.column == condition.column; });
      if (source == out.end()) source = out.insert(out.end(), Source{condition.column, {}, {}});
      source->types.push_back(rule.value);
      const bool by_presence = condition.test == Condition::Test::kThere;
      (by_presence ? source->by_presence : source->by_value) = true;
      if (by_presence || source->own.empty()) source->own = by_presence ? rule.value : type.marks->preset;
    }
  const Table& device = type.table->attachment ? *type.table->attachment : *type.table;
  for (const Column* column : device.row_columns)
    for (const Condition& condition : column->marks->with)
      if (condition.column == &type) {
        std::vector<std::string_view> types = split(condition.value, '|');
        const std::string_view own = types.front();
        out.push_back({column, std::move(types), own, false, true});
      }
  return out;
}

bool has(const std::vector<std::string_view>& types, std::string_view type) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

std::string is_none_of(const std::string& value, const std::vector<std::string_view>& words) {
  return value + (words.size() == 1 ? "<>" + sql_literals(words) : " NOT IN(" + sql_literals(words) + ")");
}

// SQL that is true if a running VM's XML may say the source beside one of another type: a card of a network has that
// network's bridge. Empty if it may not, or if {with} names all types that it may stand beside.
std::string said_of_running(const Column& column, const std::function<std::string(const Column&)>& name) {
  if (column.marks->live.when != LiveRule::When::kIf || !column.marks->with.empty()) return {};
  return conditions_sql(column.marks->live.conditions,
                        [&](const Column& asked) { return "NEW." + sql_name(name(asked)); });
}

// The path of the element that an attribute belongs to.
std::string_view element_of(std::string_view attribute_path) {
  return attribute_path.substr(0, attribute_path.rfind("/@"));
}

}  // namespace

bool is_source_type(const Column& column) { return !sources_of(column).empty(); }

std::vector<Misplaced> sources_of_another_type(const Column& type,
                                               const std::function<std::string(const Column&)>& name) {
  assert(is_source_type(type));
  const std::vector<Source> sources = sources_of(type);
  const std::string old_type = "OLD." + sql_name(name(type));
  const std::string new_type = "NEW." + sql_name(name(type));
  std::vector<Misplaced> out;
  for (const Source& source : sources) {
    std::vector<std::string_view> others;  // types of which another column says the source
    for (const Source& other : sources)
      if (other.column != source.column && other.by_presence)
        for (const std::string_view each : other.types)
          if (!has(source.types, each) && !has(others, each)) others.push_back(each);
    const std::string is_of_others = new_type + " IN(" + sql_literals(others) + ")";
    // If rules ask for its value, there may be types of which no rule says a word: a card of type ethernet has a
    // device.
    std::string wrong = is_none_of(new_type, source.types);
    if (!source.by_presence)
      wrong = is_of_others;
    else if (source.by_value)
      wrong += " AND(" + new_type + " IS " + old_type + " OR " + is_of_others + ")";

    const std::string shown = name(*source.column);
    const std::string old_source = "OLD." + sql_name(shown);
    const std::string given = "NEW." + sql_name(shown) + " IS NOT NULL AND";
    const std::string own(source.own);
    const std::string said = shown + " is of " + name(type) + " " + own + "; set ";
    std::string newly = given + " " + wrong + " AND " + old_source + " IS NULL";
    // The first error ends the write, so the second condition needs not say again what the first one refuses.
    // Without a type, the source would be written as libvirt takes that of another one.
    std::string left = given + "(" + wrong + ")IS NOT 0 AND ";
    if (const std::string running = said_of_running(*source.column, name); !running.empty()) {
      newly += " AND NOT(" + old_type + " IS NULL AND " + running + ")";
      left += old_source + " IS NOT NULL AND ";
    }
    out.push_back({newly, said + name(type) + " = '" + own + "'"});
    out.push_back({left + new_type + " IS NOT " + old_type, said + shown + " = NULL"});
  }
  return out;
}

bool is_of_source(const Element& element, const Column& type) {
  const std::vector<Source> sources = sources_of(type);
  assert(!sources.empty());
  const std::string_view source = element_of(sources.front().column->xml_path);
  return element.path.starts_with(source) && element.path.substr(source.size()).starts_with("/");
}

}  // namespace virtsql
