// Makes lines of the catalog language, for tests of the code that reads them.
#pragma once

#include <deque>
#include <string>

#include "core/catalog/language.h"

namespace virtsql::test {

// Returns the first line of the text, with the lines below it, as line 1 of a file t.catalog. Valid as long as the
// program runs.
inline CatalogLine line_of(const std::string& text) {
  static std::deque<CatalogFile> files;  // lines refer to their file
  files.push_back({"t.catalog", text});
  return parse_catalog(files.back()).front();
}

}  // namespace virtsql::test
