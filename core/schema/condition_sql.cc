#include "core/schema/condition_sql.h"

#include <cassert>
#include <vector>

#include "core/base/sql_quote.h"
#include "core/schema/sql_name.h"

namespace virtsql {

bool can_be_sql(const Condition& condition) {
  const bool is_pattern = condition.value.find('*') != Name::npos;
  // Only one pattern, in which * alone is special: then GLOB reads it as matches() does.
  const bool can_be_said = !is_pattern || condition.value.find_first_of("|?[<") == Name::npos;
  return condition.of == Condition::Of::kRow && condition.test != Condition::Test::kAtLeast && !condition.child &&
         condition.column && !condition.inserted && can_be_said;
}

std::string condition_sql(const Condition& condition, const std::string& value) {
  assert(can_be_sql(condition));
  if (condition.test == Condition::Test::kThere) return value + " IS NOT NULL";
  if (condition.test == Condition::Test::kMissing) return value + " IS NULL";
  const std::string negated = condition.test == Condition::Test::kDiffers ? " NOT" : "";
  if (condition.value.find('*') != Name::npos)
    return "coalesce(" + value + ",'')" + negated + " GLOB " + sql_literal(condition.value);
  std::string texts = sql_literal(condition.value);
  for (std::size_t bar = texts.find('|'); bar != std::string::npos; bar = texts.find('|', bar + 3))
    texts.replace(bar, 1, "','");
  return "coalesce(" + value + ",'')" + negated + " IN(" + texts + ")";
}

std::string conditions_sql(std::span<const Condition> conditions,
                           const std::function<std::string(const Column&)>& value) {
  std::vector<std::string> out;
  for (const Condition& condition : conditions) {
    if (!can_be_sql(condition)) return {};
    out.push_back(condition_sql(condition, value(*condition.column)));
  }
  return join(out, " AND ");
}

}  // namespace virtsql
