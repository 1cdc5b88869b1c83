// The texts of sql/views/, sql/findings/ and sql/synonyms.txt, built into the program by core/schema/CMakeLists.txt.
#pragma once

#include <span>
#include <string_view>

namespace virtsql {

struct SqlFile {
  std::string_view name;  // of the file, without .sql
  std::string_view text;
};

extern const std::span<const SqlFile> kViewFiles;     // each after those that it reads
extern const std::span<const SqlFile> kFindingFiles;  // by name
extern const std::string_view kSynonyms;

}  // namespace virtsql
