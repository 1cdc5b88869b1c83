#include "core/rows/nesting.h"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "core/rows/row_error.h"
#include "core/xml/xml.h"

namespace virtsql {
namespace {

// How deep the row's own element stands in the XML, counted in elements by the catalog. A row that is nested in a row
// of its own table may be deeper.
std::size_t levels_above(const Row& row) {
  return static_cast<std::size_t>(std::count(row.element->path.begin(), row.element->path.end(), '/'));
}

[[noreturn]] void refuse(const Table& table, const LooseRow& loose, const std::string& why, const char* column = "") {
  throw RowError(table.name, loose.row->id, column, table.elements.front()->path, why);
}

// Returns the element of the table with that name that can stand in the parent; nullptr if there is none.
const Element* element_in(const Row& parent, const Table& table, std::string_view name) {
  const auto& candidates = parent.element->row_elements;
  const auto found = std::find_if(candidates.begin(), candidates.end(), [&](const Element* candidate) {
    return candidate->table == &table && (!name.data() || candidate->label == name);
  });
  return found == candidates.end() ? nullptr : *found;
}

}  // namespace

std::vector<PlacedRow> nest_rows(const Table& table, const std::vector<LooseRow>& rows, Row& top, Arena& arena) {
  std::unordered_map<std::int64_t, std::vector<const LooseRow*>> below;  // by the parent's id
  for (const LooseRow& loose : rows) below[loose.row->parent_id].push_back(&loose);
  std::vector<PlacedRow> placed;
  placed.reserve(rows.size());
  const auto place_below = [&](std::int64_t id, Row& parent, std::size_t parent_depth) {
    const auto children = below.find(id);
    if (children == below.end()) return;
    for (const LooseRow* loose : children->second) {
      const Element* element = element_in(parent, table, loose->element_name);
      if (!element)
        refuse(table, *loose,
               "<" + std::string(loose->element_name) + "> cannot stand in <" + parent.element->name + ">");
      std::size_t depth = parent_depth;
      for (const Element* at = element; at && at != parent.element; at = at->parent) ++depth;
      if (depth > xml::kMaxDepth)
        refuse(table, *loose, "it is nested deeper than " + std::to_string(xml::kMaxDepth) + " levels");
      if (&element->shape() != loose->row->element) {
        // All elements of a table have the same columns in the same slots; only the lists of children are the
        // element's own.
        loose->row->element = &element->shape();
        loose->row->children = arena.make_array<Row::List>(element->shape().row_elements.size());
      }
      parent.children[element->child_slot].append(loose->row);
      placed.push_back({loose->row, depth});
    }
  };
  place_below(0, top, levels_above(top));
  // By index, because place_below() appends to the list.
  for (std::size_t at = 0; at < placed.size(); ++at) {  // NOLINT(modernize-loop-convert)
    const PlacedRow parent = placed[at];
    place_below(parent.row->id, *parent.row, parent.depth);
  }
  if (placed.size() == rows.size()) return placed;
  std::unordered_set<const Row*> reached;
  for (const PlacedRow& each : placed) reached.insert(each.row);
  for (const LooseRow& loose : rows)
    if (!reached.contains(loose.row))
      refuse(table, loose,
             "row " + std::to_string(loose.row->parent_id) +
                 ", in which it is nested, is nested in it, or belongs to another row",
             "parent_id");
  return placed;
}

}  // namespace virtsql
