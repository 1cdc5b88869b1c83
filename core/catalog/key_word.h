// A word of the mark {key COLUMN ...} or {key COLUMN=VALUE ...}.
#pragma once

#include <string_view>

namespace virtsql {

struct KeyWord {
  explicit KeyWord(std::string_view word) : column(word.substr(0, word.find('='))) {
    if (column.size() < word.size()) value = word.substr(column.size() + 1);
  }

  std::string_view column;
  // The key tells apart only rows that have this value in the column. Without data: all rows.
  std::string_view value;
};

}  // namespace virtsql
