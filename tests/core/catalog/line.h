// Makes lines and catalogs of the catalog language, for tests of the code that reads them.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "core/catalog/builder.h"
#include "core/catalog/language.h"

namespace virtsql::test {

// Returns the first line of the text, with the lines below it, as line 1 of a file t.catalog. Valid as long as the
// program runs.
inline CatalogLine line_of(const std::string& text) {
  static std::deque<CatalogFile> files;  // lines refer to their file
  files.push_back({"t.catalog", text});
  return parse_catalog(files.back()).front();
}

// Returns the text as the only file of a catalog.
inline std::vector<CatalogFile> file_of(const std::string& text) { return {{"t.catalog", text}}; }

// Returns what is wrong with a catalog that has this text; empty if nothing is.
inline std::string error_of(const std::string& text) {
  try {
    const BuiltCatalog catalog(file_of(text));
  } catch (const CatalogError& error) {
    return error.what();
  }
  return "";
}

}  // namespace virtsql::test
