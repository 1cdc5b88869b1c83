// Reads the lines of the catalog language (core/catalog/README.md): the parts of each line, and the lines below it. The
// builder (builder.h) knows what they mean.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/catalog/catalog.h"

namespace virtsql {

// A file of the catalog.
struct CatalogFile {
  std::string name;
  std::string text;
};

// Returns the files *.catalog of the folder, sorted by name. Throws CatalogError if one cannot be read.
std::vector<CatalogFile> read_catalog_files(const std::string& folder);

// One line of a catalog file with the lines indented below it. Its texts point into the file's text.
struct CatalogLine {
  std::string_view file;
  std::size_t number = 0;  // from 1
  std::string_view what;
  std::vector<std::string_view> words;  // the words between WHAT and the first mark or the meaning
  std::vector<std::string_view> marks;  // the texts in braces
  std::string_view rest;                // what is left: the meaning
  std::vector<CatalogLine> children;

  // Throws a CatalogError that says where the line is (FILE:LINE) and, in `parts`, what is wrong with it.
  template <typename... Parts>
  [[noreturn]] void fail(const Parts&... parts) const {
    std::string message = std::string(file) + ":" + std::to_string(number) + ": ";
    (message.append(parts), ...);
    throw CatalogError(message);
  }
};

// Whether the word says that an element makes rows.
inline bool is_row_kind(std::string_view word) {
  return word == "row" || word == "rows" || word == "list" || word == "set";
}

// Returns the lines of the file that are not indented, with the others below them. They point into the file, which must
// outlive them. Throws CatalogError if the indentation is wrong.
std::vector<CatalogLine> parse_catalog(const CatalogFile& file);

}  // namespace virtsql
