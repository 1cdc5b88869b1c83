// Text files that are built into a program: virtsql_embed() of core/CMakeLists.txt makes a list of them.
#pragma once

#include <string_view>

namespace virtsql {

struct EmbeddedText {
  std::string_view name;  // of the file, without its folder
  std::string_view text;
};

}  // namespace virtsql
