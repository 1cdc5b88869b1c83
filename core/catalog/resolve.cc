#include "core/catalog/resolve.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <set>
#include <string>

#include "core/catalog/computed_columns.h"
#include "core/catalog/draft.h"
#include "core/catalog/key_word.h"
#include "core/catalog/resolve_conditions.h"

namespace virtsql {
namespace {

class Resolver {
 public:
  Resolver(CatalogStorage& storage, const Pending& pending) : storage_(storage), pending_(pending), columns_(storage) {}

  void run() {
    for (ElementDraft* root : storage_.root_drafts) resolve(*root);
    for (ElementDraft& element : storage_.elements) name_labels(element);
    for (TableDraft& table : storage_.tables) {
      TableDraft& row = table.attachment_draft ? *table.attachment_draft : table;
      for (const Column* column : table.column_list) row.row_column_list.push_back(column);
    }
    for (TableDraft& table : storage_.tables)
      std::sort(table.row_column_list.begin(), table.row_column_list.end(),
                [](const Column* a, const Column* b) { return a->slot < b->slot; });
    for (TableDraft& table : storage_.tables)
      if (!table.attachment) find_identities(table);
    add_computed(storage_, pending_, columns_);
    for (const Pending::Rows& rows : pending_.rows)
      rows.table->related_list.push_back({storage_.keep(rows.name),
                                          storage_.keep("Its rows of " + std::string(rows.rows->name) + " as JSON."),
                                          rows.rows});
    for (const Pending::Seen& seen : pending_.seen) add_seen(seen);
    for (const Pending::Inherited& inherited : pending_.inherited) add_inherited(inherited);
    order_tables();
    hand_over();
    for (ElementDraft& element : storage_.elements) find_foreign(element);
  }

 private:
  // A range of slots or of child lists, which grows.
  struct Range {
    std::uint32_t first = static_cast<std::uint32_t>(-1);
    std::uint32_t end = 0;

    void cover(std::uint32_t slot) { cover(slot, slot + 1); }
    void cover(std::uint32_t other_first, std::uint32_t other_end) {
      first = std::min(first, other_first);
      end = std::max(end, other_end);
    }
  };

  // Resolves what the element and those below it refer to, and finds the ranges of slots and child lists below it.
  void resolve(ElementDraft& element) {
    find_declaration(element);
    if (element.recursion) return;
    resolve_rules(element);
    take_marks_from_parent(element);
    for (const Column* column : {element.text, element.flag, element.json})
      if (column) resolve_column(element, *column);
    for (Attribute& attribute : element.attribute_list) {
      if (attribute.column) resolve_column(element, *attribute.column);
      if (!attribute.spellings.empty()) find_type_around(element, attribute);
    }
    for (ElementDraft* child : element.child_drafts) resolve(*child);
    find_ranges(element);
  }

  void resolve_rules(ElementDraft& element) {
    resolve_conditions(element, element.marks->live.conditions, Knows::kRoot);
    resolve_conditions(element, element.marks->dropped_if, Knows::kAround);
    resolve_conditions(element, element.marks->started_if, element.table ? Knows::kRoot : Knows::kAround);
    for (const Addition& addition : element.marks->additions)
      resolve_conditions(element, addition.conditions, Knows::kRoot);
    for (const OwnRule& rule : element.marks->own) resolve_conditions(element, rule.conditions, Knows::kRow);
  }

  // An element without rows of its own is added and started as the one around it is.
  static void take_marks_from_parent(ElementDraft& element) {
    if (element.table || !element.parent || element.parent->table) return;
    const auto& around = *element.parent->marks;
    if (around.added) element.drafted.added = true;
    if (around.started) {
      element.drafted.started = true;
      element.drafted.started_if = around.started_if;
    }
    if (around.dropped) {
      element.drafted.dropped = true;
      element.drafted.dropped_if = around.dropped_if;
    }
  }

  // Resolves what the column of the element refers to.
  void resolve_column(ElementDraft& element, const Column& column) {
    auto& drafted = columns_.draft(&column).drafted;
    if (!element.table) take_marks_of_container(*element.marks, column, drafted);
    resolve_conditions(element, column.marks->started_if, Knows::kAround);
    drafted.limit = find_named(column, column.marks->limit_name, "limited");
    drafted.from = find_named(column, column.marks->from_name, "from");
    resolve_column_rules(element, column);
    drafted.repeated = repeated_column(column);
  }

  // What an element without rows of its own says holds for its columns.
  void take_marks_of_container(const ElementMarks& container, const Column& column, ColumnMarks& drafted) {
    if (container.dropped) {
      std::vector<Dropping> dropped(column.marks->dropped.begin(), column.marks->dropped.end());
      dropped.push_back({"*", container.dropped_if});
      drafted.dropped = storage_.keep(std::move(dropped));
    }
    if (container.started) {
      drafted.started = true;
      drafted.started_if = container.started_if;
    }
    if (container.added) drafted.added = true;
  }

  void resolve_column_rules(ElementDraft& element, const Column& column) {
    const auto& marks = *column.marks;
    resolve_conditions(element, marks.live.conditions, Knows::kRoot);
    for (const auto& conditions : {marks.unsaid_if, marks.actual_if, marks.derived_if, marks.base_if, marks.repeated_if,
                                   marks.appended_if, marks.with})
      resolve_conditions(element, conditions, Knows::kRow);
    for (const Becoming& becoming : marks.becomes) resolve_conditions(element, becoming.conditions, Knows::kAround);
    for (const Filling& filling : marks.fillings) {
      resolve_conditions(element, filling.conditions, Knows::kRoot);
      auto& draft = const_cast<Filling&>(filling);  // the storage owns it, and the model is not in use yet
      draft.like = find_named(column, filling.like_name, "added");
    }
    for (const Dropping& dropping : marks.dropped) resolve_conditions(element, dropping.conditions, Knows::kAround);
    for (const OwnRule& rule : marks.own) {
      resolve_conditions(element, rule.conditions, Knows::kRow);
      if (rule.gives == OwnRule::Gives::kColumn) check_root_column(element, rule.value);
    }
    for (const Replacement& replacement : marks.replaced)
      resolve_conditions(element, replacement.conditions, Knows::kRoot);
    for (const Replacement& preset : marks.preset_if) resolve_conditions(element, preset.conditions, Knows::kRow);
  }

  // Finds the @type around the element that decides how the attribute is spelled. The element's own @type may mean
  // something else: the address family of some sources.
  void find_type_around(const ElementDraft& element, Attribute& attribute) {
    if (element.parent && !element.table) attribute.spelled_after = nearest_attribute(element.parent, "type");
    if (!attribute.spelled_after) attribute.spelled_after = nearest_attribute(&element, "type");
    if (!attribute.spelled_after)
      throw CatalogError(element.path + "/@" + attribute.name + ": no @type around it decides its spelling");
  }

  static void find_ranges(ElementDraft& element) {
    Range slots;
    Range child_slots;
    for (const Column* column : {element.text, element.flag, element.json})
      if (column) slots.cover(column->slot);
    for (const Attribute& attribute : element.attribute_list)
      if (attribute.column) slots.cover(attribute.column->slot);
    for (const ElementDraft* child : element.child_drafts) {
      if (child->table) {
        child_slots.cover(child->child_slot);
      } else {
        slots.cover(child->first_slot, child->end_slot);
        child_slots.cover(child->first_child_slot, child->end_child_slot);
      }
    }
    element.first_slot = std::min(slots.first, slots.end);
    element.end_slot = slots.end;
    element.first_child_slot = std::min(child_slots.first, child_slots.end);
    element.end_child_slot = child_slots.end;
  }

  // Returns the column of the same table that the column's mark names; nullptr if it has no such mark (`name` is
  // empty).
  static const Column* find_named(const Column& column, const Name& name, const char* mark) {
    if (name.empty()) return nullptr;
    const Column* found = column.table->find(name);
    if (!found)
      throw CatalogError(column.xml_path + ": {" + mark + " " + name + "}: " + column.table->name +
                         " has no such column");
    return found;
  }

  // Returns the column of the row around that {repeated} names; nullptr if the column has no such mark.
  static const Column* repeated_column(const Column& column) {
    if (column.marks->repeated_name.empty()) return nullptr;
    const std::string mark = column.xml_path + ": {repeated " + column.marks->repeated_name + "}: ";
    const Table* owner = column.table->owner;
    if (!owner || column.table->one_per_owner) throw CatalogError(mark + "it is a mark of one of several rows");
    for (const Condition& condition : column.marks->repeated_if)
      if (condition.column->table != column.table || condition.child || condition.value.find('*') != Name::npos)
        throw CatalogError(mark + "its conditions are about columns of " + column.table->name + ", without patterns");
    const Column* repeated = owner->find(column.marks->repeated_name);
    if (!repeated) throw CatalogError(mark + owner->name + " has no such column");
    return repeated;
  }

  // Sets the labels of the elements that make rows below a row's element: what the column `element` says in these rows.
  void name_labels(ElementDraft& row) {
    if (!row.parent) row.label = row.name;
    for (const Element* child : row.row_list) {
      const bool alone = std::count_if(row.row_list.begin(), row.row_list.end(), [&](const Element* other) {
                           return other->table == child->table && other->name == child->name && !other->recursion;
                         }) <= 1;
      // An element that nests in itself does not count: its rows are stored like those of the outer element.
      Element& draft = *const_cast<Element*>(child);  // the storage owns it, and the model is not in use yet
      draft.label = child->recursion || alone ? child->name : storage_.keep(child->path.substr(row.path.size() + 1));
    }
    for (ElementDraft& element : storage_.elements)
      if (element.recursion == &row) element.label = row.label;
  }

  static void check_root_column(const Element& element, const Name& name) {
    const Table* const table = element.root().table;
    assert(table && "every root has a table");
    if (!table->find(name))
      throw CatalogError(element.path + ": {own =" + name + "}: " + table->name + " has no such column");
  }

  // An element whose name has a prefix is in the namespace that its root's line @xmlns:PREFIX declares.
  static void find_declaration(ElementDraft& element) {
    const std::size_t colon = element.name.find(':');
    if (colon == std::string_view::npos) return;
    const std::string attribute = "xmlns:" + std::string(element.name.substr(0, colon));
    for (const Attribute& known : static_cast<const ElementDraft&>(element.root()).attribute_list)
      if (known.name == attribute) element.declaration = known.column;
    if (!element.declaration || element.declaration->marks->namespace_uri.empty())
      throw CatalogError(element.path + ": its root has no @" + attribute + " with {namespace URI}");
  }

  // Collects what tells rows apart: {key} columns in their order, then hints.
  void find_identities(TableDraft& table) {
    for (const TableDraft* part : std::array<const TableDraft*, 2>{&table, table.resource_draft}) {
      if (!part) continue;
      for (const Column* column : part->column_list) {
        if (!column->key) continue;
        std::vector<const Column*> columns = {column};
        for (const Name& name : column->marks->key_with) {
          const KeyWord word(name);
          const Column* with = table.find(word.column);
          if (!with && table.resource) with = table.resource->find(word.column);
          if (!with)
            throw CatalogError(column->xml_path + ": {key " + name + "}: " + table.name + " has no such column");
          columns.push_back(with);
        }
        table.identity_list.push_back({storage_.keep(std::move(columns)), true});
      }
    }
    for (const auto& [owner, column] : pending_.hints)
      if (owner == &table) table.identity_list.push_back({storage_.keep(std::vector<const Column*>{column}), false});
    for (const auto& [owner, element] : pending_.hint_containers) {
      if (owner != &table) continue;
      std::vector<const Column*> columns;
      for (const Attribute& attribute : element->attribute_list) columns.push_back(attribute.column);
      table.identity_list.push_back({storage_.keep(std::move(columns)), false});
    }
  }

  // Resolves {seen NAME TABLE COLUMN} of a column. NAME shows COLUMN, which belongs to TABLE or to a table that owns
  // it. The row of TABLE is found by its column that has the name of the marked column: both have the same value.
  void add_seen(const Pending::Seen& seen) {
    for (const TableDraft& table : storage_.tables) {
      if (table.name != seen.rows) continue;
      const Column* const same = table.find(seen.column->name);
      const Column* value = nullptr;
      for (const Table* holder = &table; holder && !value; holder = holder->owner) value = holder->find(seen.value);
      if (!same || !value) break;
      seen.table->related_list.push_back({storage_.keep(seen.name), value->doc, &table, value, same});
      return;
    }
    throw CatalogError(seen.column->xml_path + ": {seen " + std::string(seen.name) +
                       " ...}: " + std::string(seen.rows) + " has no column " + std::string(seen.column->name) +
                       ", or none " + std::string(seen.value));
  }

  // Resolves {inherited COLUMN TABLE} of a container: each column below it inherits from the column of TABLE that has
  // the same path from its row's element.
  void add_inherited(const Pending::Inherited& inherited) {
    const auto& columns = static_cast<const TableDraft*>(inherited.element->row_element().table)->row_column_list;
    const Column* by = nullptr;
    for (const Column* column : columns)
      if (column->name == inherited.by) by = column;
    bool any = false;
    for (const TableDraft& table : storage_.tables) {
      if (table.name != inherited.rows || !table.owner || table.owner->name_column.empty()) continue;
      for (const Column* column : columns) {
        if (!column->relative_path.starts_with(inherited.element->relative_path + "/")) continue;
        for (const Column* said : table.columns) {
          if (said->relative_path != column->relative_path) continue;
          columns_.draft(column).drafted.inherited = said;
          columns_.draft(column).drafted.inherited_by = by;
          any = true;
        }
      }
    }
    if (!by || !any)
      throw CatalogError(inherited.element->path + ": {inherited " + std::string(inherited.by) + " " +
                         std::string(inherited.rows) + "}: no such column, or no table whose rows say the same");
  }

  static int depth(const Table* table) {
    int out = 0;
    for (; table->owner; table = table->owner) ++out;
    return table->attachment ? out + depth(table->attachment) : out * 2;
  }

  void order_tables() {
    for (TableDraft& table : storage_.tables) {
      std::set<std::string_view> labels;
      for (const Element* element : table.element_list) labels.insert(element->label);
      table.label_count = static_cast<std::uint32_t>(labels.size());
      if (table.attachment) continue;  // it is added with its attachment
      if (table.resource) storage_.order.push_back(table.resource);
      storage_.order.push_back(&table);
      if (!table.owner || table.owner->owner) continue;
      for (const Element* element : table.element_list)
        if (element->parent && element->parent->holds_devices)
          table.device_type = storage_.keep(singular(table.resource ? table.resource->name : table.name));
    }
    // Sorts by depth. A resource has the depth of its attachment and stays before it, because the sort is stable.
    std::stable_sort(storage_.order.begin(), storage_.order.end(),
                     [](const Table* a, const Table* b) { return depth(a) < depth(b); });
    storage_.by_name = storage_.order;
    std::sort(storage_.by_name.begin(), storage_.by_name.end(),
              [](const Table* a, const Table* b) { return a->name < b->name; });
    for (TableDraft& table : storage_.tables)
      if (table.attachment) table.slots = table.attachment->slots;
  }

  // Finds the columns that only other elements of the element's table have. REQUIRES: hand_over() was called.
  void find_foreign(ElementDraft& element) {
    if (!element.table || element.recursion || element.table->elements.size() < 2) return;
    const std::vector<const Column*> own = columns_of(element);
    std::vector<const Column*> foreign;
    for (const Column* column : element.table->row_columns)
      if (std::find(own.begin(), own.end(), column) == own.end()) foreign.push_back(column);
    element.foreign = storage_.keep(std::move(foreign));
  }

  // Points the model's spans to the lists, which are complete now. A list that grew later would leave its span behind.
  void hand_over() {
    for (ElementDraft* root : storage_.root_drafts) storage_.roots.push_back(root);
    for (ElementDraft& element : storage_.elements) {
      element.attributes = element.attribute_list;
      element.children = element.child_list;
      element.drafted.secret_attributes = element.secret_attribute_list;
      element.drafted.secret_children = element.secret_child_list;
      element.row_elements = element.row_list;
    }
    for (TableDraft& table : storage_.tables) {
      table.columns = table.column_list;
      table.computed = table.computed_list;
      table.related = table.related_list;
      table.identities = table.identity_list;
      table.elements = table.element_list;
      table.child_tables = table.child_list;
      table.row_columns = table.row_column_list;
    }
  }

  CatalogStorage& storage_;
  const Pending& pending_;
  const ColumnDrafts columns_;
};

}  // namespace

void resolve(CatalogStorage& storage, const Pending& pending) { Resolver(storage, pending).run(); }

void check_names(const Table& table) {
  std::set<std::string_view> names = {"id", "position", "layout", "child_tables", "element", "parent_id", "host_id"};
  names.insert({table.owner_key, table.resource_key, table.ordinal});
  const auto check = [&](const Name& name) {
    if (!names.insert(name).second) throw CatalogError("table " + table.name + " has two columns " + name);
  };
  for (const Column* column : table.columns) check(column->name);
  for (const Computed& column : table.computed) check(column.name);
  if (!table.natural_key.empty() && !table.find(table.natural_key))
    throw CatalogError("table " + table.name + " has no column " + table.natural_key + ", by which it is referred to");
  if (table.attachment && table.columns.empty()) throw CatalogError("resource " + table.name + " has no column (^)");
  for (const Name& key : table.share_keys)
    if (!table.find(key))
      throw CatalogError("resource " + table.name + " has no column " + key + ", named in its {key}");
}

}  // namespace virtsql
