// The tables while the catalog is being built: which there are, what owns them, and the resource that an attachment
// has.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "core/catalog/draft.h"
#include "core/catalog/language.h"

namespace virtsql {

// Adds tables to the storage. All functions that take a line throw CatalogError with its place if the line is wrong.
class TableDrafts {
 public:
  explicit TableDrafts(CatalogStorage& storage) : storage_(storage) {}

  // The table of the name, or nullptr.
  TableDraft* find(std::string_view name) const;

  // Adds a table, with the line's meaning.
  TableDraft* add(const CatalogLine& line, std::string_view name);

  // Adds a table whose rows belong to rows of the owner, and its resource if a line below names one.
  TableDraft* add_owned(const CatalogLine& line, std::string_view name, TableDraft* owner);

  // Says that the element makes rows of the table.
  static void bind(ElementDraft& element, TableDraft* table);

 private:
  void add_resource(const CatalogLine& line, TableDraft& attachment);

  CatalogStorage& storage_;
  std::map<std::string, TableDraft*, std::less<>> tables_;
};

}  // namespace virtsql
