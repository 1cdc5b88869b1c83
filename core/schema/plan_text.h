// The text of core/schema/plan.md, built into virtsql-catalog and the tests by core/schema/CMakeLists.txt.
#pragma once

#include <string_view>

namespace virtsql {

extern const std::string_view kPlan;

}  // namespace virtsql
