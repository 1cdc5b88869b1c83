// The fields of ColumnMarks, for what handles all of them: the compiler, and the test that compares the catalog that it
// wrote with the sources.
//
// A field is one line in catalog.h and one word here. Without the word this header does not compile.
//
// Tested by tests/core/catalog/mark_fields_test.cc.
#pragma once

#include "core/catalog/catalog.h"

// Calls FIRST(field) for the first field of ColumnMarks and NEXT(field) for each further one, in the struct's order.
// clang-format off
#define VIRTSQL_COLUMN_MARKS(FIRST, NEXT) \
  FIRST(live) NEXT(replaced) NEXT(appended) NEXT(appended_if) NEXT(key_with) NEXT(placed) NEXT(added) NEXT(started) \
  NEXT(actual) NEXT(derived) NEXT(each) NEXT(unsaid) NEXT(both_tags) NEXT(fillings) NEXT(started_if) NEXT(actual_if) \
  NEXT(derived_if) NEXT(unsaid_if) NEXT(inherited) NEXT(inherited_by) NEXT(from_name) NEXT(from) NEXT(own) \
  NEXT(becomes) NEXT(dropped) NEXT(limit_name) NEXT(limit) NEXT(repeated_name) NEXT(repeated) NEXT(repeated_if) \
  NEXT(implied) NEXT(default_unit) NEXT(base) NEXT(base_if) NEXT(reading) NEXT(power_of_two) NEXT(rounded) NEXT(preset) NEXT(preset_if) NEXT(with) NEXT(shown) NEXT(after) \
  NEXT(after_separator) NEXT(captured) NEXT(namespace_uri)
// clang-format on

namespace virtsql {

// Calls visit(name, value, default value) for each field, in the struct's order.
template <typename Visit>
void for_each_field(const ColumnMarks& marks, const Visit& visit) {
#define VIRTSQL_NAME(field) field##_field
#define VIRTSQL_NEXT_NAME(field) , field##_field
#define VIRTSQL_VISIT(field) visit(#field, marks.field, kNoColumnMarks.field);
  // A structured binding has as many names as the struct has fields, or it does not compile.
  [[maybe_unused]] const auto& [VIRTSQL_COLUMN_MARKS(VIRTSQL_NAME, VIRTSQL_NEXT_NAME)] = marks;
  VIRTSQL_COLUMN_MARKS(VIRTSQL_VISIT, VIRTSQL_VISIT)
#undef VIRTSQL_NAME
#undef VIRTSQL_NEXT_NAME
#undef VIRTSQL_VISIT
}

}  // namespace virtsql
#undef VIRTSQL_COLUMN_MARKS
