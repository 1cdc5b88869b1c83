// Lines of the catalog language, for the tests of what reads them.
#pragma once

#include <deque>
#include <string>

#include "core/catalog/language.h"

namespace virtsql::test {

// The first line of the text, with the lines below it, as line 1 of a file t.catalog.
inline CatalogLine line_of(const std::string& text) {
  static std::deque<CatalogFile> files;  // lines refer to their file
  files.push_back({"t.catalog", text});
  return parse_catalog(files.back()).front();
}

}  // namespace virtsql::test
