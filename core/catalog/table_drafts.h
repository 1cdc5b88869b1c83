// The tables while the catalog is being built: which there are, whom they belong to, and the resource that one has.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "core/catalog/draft.h"
#include "core/catalog/language.h"

namespace virtsql {

// Adds tables to the storage; all functions that take a line throw CatalogError.
class TableDrafts {
 public:
  explicit TableDrafts(CatalogStorage& storage) : storage_(storage) {}

  // The table of the name, or nullptr.
  TableDraft* find(std::string_view name) const;

  // A new table, with the line's meaning.
  TableDraft* add(const CatalogLine& line, std::string_view name);

  // A new table of rows that belong to rows of the owner, with its resource if the lines below say one.
  TableDraft* add_owned(const CatalogLine& line, std::string_view name, TableDraft* owner);

  // Says that the element makes rows of the table.
  static void bind(ElementDraft& element, TableDraft* table);

 private:
  void add_resource(const CatalogLine& line, TableDraft& attachment);

  CatalogStorage& storage_;
  std::map<std::string, TableDraft*, std::less<>> tables_;
};

}  // namespace virtsql
