#include "core/schema/condition_sql.h"

#include <cassert>

namespace virtsql {

bool is_of_row(const Condition& condition) {
  return condition.of == Condition::Of::kRow && !condition.child && condition.column &&
         condition.value.find('*') == Name::npos;
}

std::string condition_sql(const Condition& condition, const std::string& value) {
  assert(is_of_row(condition));
  if (condition.test == Condition::Test::kThere) return value + " IS NOT NULL";
  if (condition.test == Condition::Test::kMissing) return value + " IS NULL";
  std::string texts = "'";
  for (const char c : condition.value) texts += c == '|' ? "','" : std::string(1, c);
  return "ifnull(" + value + ",'')" + (condition.test == Condition::Test::kDiffers ? " NOT" : "") + " IN(" + texts +
         "')";
}

}  // namespace virtsql
