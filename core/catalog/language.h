// The lines of the catalog language (core/catalog/README.md): what each says, and which stand below it. What they mean
// is the builder's (builder.h).
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

// The files *.catalog of the folder, by name. Throws CatalogError if one cannot be read.
std::vector<CatalogFile> read_catalog_files(const std::string& folder);

// One line of a catalog file with the lines indented below it. Its texts are those of the file.
struct CatalogLine {
  std::string_view file;
  std::size_t number = 0;  // from 1
  std::string_view what;
  std::vector<std::string_view> words;  // the words between WHAT and the first mark or the meaning
  std::vector<std::string_view> marks;  // the texts in braces
  std::string_view rest;                // what is left: the meaning
  std::vector<CatalogLine> children;

  // Throws a CatalogError: where the line is, and what is wrong with it, in parts.
  template <typename... Parts>
  [[noreturn]] void fail(const Parts&... parts) const {
    std::string message = std::string(file) + ":" + std::to_string(number) + ": ";
    (message.append(parts), ...);
    throw CatalogError(message);
  }
};

// The lines of the file that are not indented. They refer to the file, which must outlive them. Throws CatalogError.
std::vector<CatalogLine> parse_catalog(const CatalogFile& file);

// The parts of the text between the separators.
std::vector<std::string_view> split(std::string_view text, char separator);

}  // namespace virtsql
