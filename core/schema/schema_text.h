// The text of sql/schema.sql, built into the program by core/CMakeLists.txt.
#pragma once

#include <string_view>

namespace virtsql {

extern const std::string_view kSchemaSql;

}  // namespace virtsql
