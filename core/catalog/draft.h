// The model while it is being built: the same elements and tables, with lists that can still grow. The builder adds
// what the lines say, and resolve() adds what follows from all lines together. After that the model's spans are these
// lists.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/catalog/catalog.h"

namespace virtsql {

struct TableDraft;

struct ElementDraft : Element {
  ElementMarks drafted;
  std::vector<Attribute> attribute_list;
  std::vector<Name> secret_attribute_list;
  std::vector<Name> secret_child_list;
  std::vector<ElementDraft*> child_drafts;
  std::vector<const Element*> child_list;
  std::vector<const Element*> row_list;

  ElementDraft() { marks = &drafted; }
  ElementDraft(const ElementDraft&) = delete;
  ElementDraft& operator=(const ElementDraft&) = delete;
};

struct ColumnDraft : Column {
  ColumnMarks drafted;

  ColumnDraft() { marks = &drafted; }
  ColumnDraft(const ColumnDraft&) = delete;
  ColumnDraft& operator=(const ColumnDraft&) = delete;
};

struct TableDraft : Table {
  std::vector<Column*> column_drafts;
  std::vector<const Column*> column_list;
  std::vector<Computed> computed_list;
  std::vector<Related> related_list;
  std::vector<Identity> identity_list;
  std::vector<const Element*> element_list;
  std::vector<const Table*> child_list;
  std::vector<const Column*> row_column_list;
  TableDraft* owner_draft = nullptr;
  TableDraft* resource_draft = nullptr;
  TableDraft* attachment_draft = nullptr;

  // Adds a computed column, unless the table has one of its name already: then another element of the same table added
  // it.
  void add(Computed column) {
    if (find_computed(column.name)) return;
    column.table = this;
    computed_list.push_back(column);
    computed = computed_list;
  }
};

// Owns the columns, elements, tables, texts and lists of a catalog that is built while the program runs.
struct CatalogStorage {
  std::deque<ColumnDraft> columns;
  std::deque<ElementDraft> elements;
  std::deque<TableDraft> tables;
  std::vector<ElementDraft*> root_drafts;
  std::vector<const Element*> roots;
  std::vector<const Table*> order;
  std::vector<const Table*> by_name;

  Name keep(std::string_view text) { return texts_.emplace_back(text).c_str(); }

  template <typename T>
  std::span<const T> keep(std::vector<T> list) {
    if (list.empty()) return {};
    auto kept = std::make_shared<const std::vector<T>>(std::move(list));
    lists_.push_back(kept);
    return *kept;
  }

 private:
  std::deque<std::string> texts_;
  std::vector<std::shared_ptr<const void>> lists_;
};

// Finds the draft of a column, which can still be changed, by the const pointer that lists and marks have of it.
class ColumnDrafts {
 public:
  explicit ColumnDrafts(CatalogStorage& storage) {
    for (ColumnDraft& column : storage.columns) drafts_.emplace(&column, &column);
  }
  // REQUIRES: the storage owns the column.
  ColumnDraft& draft(const Column* column) const { return *drafts_.at(column); }

 private:
  std::map<const Column*, ColumnDraft*> drafts_;
};

}  // namespace virtsql
