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

// What lines say about columns and elements that can be resolved only when all lines have been read.
struct Pending {
  struct Size {
    TableDraft* table;
    Column* column;
    const ElementDraft* element;  // the element whose @unit, if it has one, is the size's unit
  };
  struct Group {
    TableDraft* table;
    const ElementDraft* element;
    std::string name;
    std::string_view doc;
  };
  struct Member {
    TableDraft* table;
    const Column* column;
    std::string_view name;    // of the computed column
    std::string_view member;  // its name in the JSON
  };
  struct IntoJson {
    TableDraft* table;
    const Column* column;
    std::string_view name;  // of the JSON column
  };
  struct Rows {
    TableDraft* table;
    std::string_view name;  // of the JSON column
    const Table* rows;
  };
  struct Seen {
    TableDraft* table;
    const Column* column;
    std::string_view name;   // of the column that the view shows
    std::string_view rows;   // the table
    std::string_view value;  // the column of that table, or of one that owns it
  };
  struct Inherited {
    const ElementDraft* element;  // a container
    std::string_view by;          // the column that names the thing that has the rows
    std::string_view rows;        // the table
  };
  std::vector<Size> sizes;
  std::vector<Group> groups;  // as_json
  std::vector<Group> pcis;
  std::vector<Member> members;
  std::vector<IntoJson> into_json;
  std::vector<Rows> rows;
  std::vector<Seen> seen;
  std::vector<Inherited> inherited;
  std::vector<std::pair<const Table*, const Column*>> hints;
  std::vector<std::pair<const Table*, const ElementDraft*>> hint_containers;
};

// Resolves what lines refer to, adds what follows from them (computed columns, identities, slots, the order of the
// tables), and hands the lists over to the model. Throws CatalogError.
void resolve(CatalogStorage& storage, const Pending& pending);

// Throws CatalogError if the table has two columns of one name, names a column that it does not have (its natural key,
// a {key} of the resource), or is a resource without columns.
void check_names(const Table& table);

}  // namespace virtsql
