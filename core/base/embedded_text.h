// A text file that is built into a program. virtsql_embed() of core/CMakeLists.txt makes the lists of them.
#pragma once

#include <string_view>

namespace virtsql {

struct EmbeddedText {
  std::string_view name;  // the file's name, without its folder
  std::string_view text;
};

}  // namespace virtsql
