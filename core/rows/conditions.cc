#include "core/rows/conditions.h"

#include <fnmatch.h>

#include <algorithm>
#include <string>

namespace virtsql {
namespace {

bool is(std::string_view value, const Name& wanted) {
  if (wanted.find('*') == std::string_view::npos) return value == wanted;
  return fnmatch(wanted.c_str(), std::string(value).c_str(), 0) == 0;
}

bool holds(const Condition& condition, const Row& row) {
  const std::string_view value = row.get(*condition.column);
  switch (condition.test) {
    case Condition::Test::kThere:
      return value.data();
    case Condition::Test::kEquals:
      return value.data() && is(value, condition.value);
    case Condition::Test::kDiffers:
      return !value.data() || !is(value, condition.value);
  }
  return false;
}

bool has_column(const Row& row, const Column& column) {
  return column.table == row.element->table || column.table == row.element->table->resource;
}

}  // namespace

bool all_hold(std::span<const Condition> conditions, const Row& row, const Row* around) {
  return std::all_of(conditions.begin(), conditions.end(), [&](const Condition& one) {
    return holds(one, around && !has_column(row, *one.column) ? *around : row);
  });
}

}  // namespace virtsql
