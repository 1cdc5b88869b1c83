// The second step of building the model: what can be known only when all lines have been read.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/catalog/catalog.h"
#include "core/catalog/draft.h"

namespace virtsql {

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
