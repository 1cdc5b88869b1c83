#include "core/catalog/builder.h"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "core/base/split.h"
#include "core/catalog/column_marks.h"
#include "core/catalog/draft.h"
#include "core/catalog/element_name.h"
#include "core/catalog/marks.h"
#include "core/catalog/resolve.h"
#include "core/catalog/table_drafts.h"

namespace virtsql {
namespace {

using Line = CatalogLine;

// Whether a mark is one word alone, or goes on with "if" and a condition.
bool is_plain_or_if(const std::vector<std::string_view>& words) {
  return words.size() == 1 || (words.size() > 2 && words[1] == "if");
}

// Turns the lines into elements and tables.
class CatalogBuilder {
 public:
  CatalogBuilder(CatalogStorage& storage, std::vector<std::string>& unused_structs)
      : storage_(storage), tables_(storage), unused_structs_(unused_structs) {}

  void build(const std::vector<CatalogFile>& files) {
    std::vector<Line> top;
    for (const CatalogFile& file : files)
      for (Line& line : parse_catalog(file)) top.push_back(std::move(line));
    std::vector<const Line*> roots;
    for (const Line& line : top) {
      if (line.what != "struct") {
        roots.push_back(&line);
      } else {
        if (line.words.size() != 1 || line.words[0].empty()) line.fail("write: struct NAME  Meaning.");
        if (!structs_.emplace(line.words[0], &line).second) line.fail("struct ", line.words[0], " is there already");
      }
    }
    for (const Line* line : roots) add_root(*line);
    for (const auto& [name, line] : structs_)
      if (!used_structs_.contains(name)) unused_structs_.push_back(std::string(line->file) + ": " + std::string(name));
    resolve(storage_, pending_);
  }

 private:
  // The place to which lines are being added.
  struct Place {
    ElementDraft* element = nullptr;
    TableDraft* table = nullptr;  // the enclosing row's table
    std::string relative_path;    // of the element, from the row's element; "" or "driver/"
    std::string prefix;           // of default column names; "" or "driver_"
    bool in_resource = false;
    std::vector<ElementDraft*> rows;  // the enclosing row elements, outermost first

    // Returns the table that gets the columns of this place.
    TableDraft* column_table() const { return in_resource ? table->resource_draft : table; }
  };

  void add_root(const Line& line) {
    if (line.words.size() != 2 || line.words[0] != "row") line.fail("a root is: NAME  row TABLE  Meaning.");
    ElementDraft& root = storage_.elements.emplace_back();
    root.name = storage_.keep(line.what);
    root.path = storage_.keep("/" + std::string(line.what));
    root.token = root.name;
    storage_.root_drafts.push_back(&root);
    TableDraft* table = tables_.add(line, line.words[1]);
    table->reference_name = storage_.keep(singular(table->name) + "_id");
    for (const std::string_view mark : line.marks) {
      const std::vector<std::string_view> words = split(mark, ' ');
      if (mark == "vm") {
        table->natural_key = "uuid";
        table->reference_name = "vm_uuid";
      } else if (words.size() > 1 && words[0] == "identity") {
        table->identity = storage_.keep(keep_all(std::span(words).subspan(1), storage_));
      } else if (mark == "files") {
        table->files = true;
      } else if (mark == "spaced") {
        root.spaced = true;
      } else if (words.size() == 2 && words[0] == "named") {
        table->name_column = storage_.keep(words[1]);
      } else if (words.size() == 2 && words[0] == "function") {
        table->function_name = storage_.keep(words[1]);
      } else {
        line.fail("no mark {", mark, "} for a root");
      }
    }
    TableDrafts::bind(root, table);
    add_children(line, Place{&root, table, "", "", false, {&root}});
  }

  void add_children(const Line& line, const Place& place) {
    for (const Line& child : line.children) add_line(child, place);
  }

  void add_line(const Line& line, const Place& place) {
    if (line.what == "use") {
      use(line, place);
    } else if (line.what == "resource" && line.words.size() == 1) {
      // add_row() has handled this line already: the columns need the resource's table.
      if (!place.table->resource || place.element->table != place.table)
        line.fail("`resource` stands below a `list` or `set` line");
    } else if (line.what.starts_with("^")) {
      Line inner = line;
      inner.what = line.what.substr(1);
      Place resource_place = place;
      resource_place.in_resource = place.table->resource != nullptr;
      add_line(inner, resource_place);
    } else if (line.what.starts_with("$")) {
      add_captured(line, place);
    } else if (line.what.starts_with("@")) {
      add_attribute(line, place);
    } else if (line.what == "text()") {
      if (line.words.empty()) line.fail("text() needs a type");
      if (place.element->text) line.fail("text() is there already");
      place.element->text = add_column(line, place, place.relative_path + "text()", place.prefix);
    } else {
      add_element(line, place);
    }
  }

  void use(const Line& line, const Place& place) {
    if (line.words.size() != 1 || !line.rest.empty()) line.fail("write: use NAME");
    const auto found = structs_.find(line.words[0]);
    if (found == structs_.end()) line.fail("no struct ", line.words[0]);
    used_structs_.insert(line.words[0]);
    if (++use_depth_ > 40) line.fail("struct ", line.words[0], " uses itself");
    add_children(*found->second, place);
    --use_depth_;
  }

  static bool is_secret(const Line& line) {
    return std::find(line.marks.begin(), line.marks.end(), "secret") != line.marks.end();
  }

  // Adds a {secret} to `secrets`. Nothing else is made of it: it has neither a column nor anything below it.
  void add_secret(const Line& line, std::string_view name, std::vector<Name>& secrets) {
    if (line.marks.size() != 1 || !line.words.empty() || !line.children.empty())
      line.fail("a secret has neither a type nor other marks, nor anything below it");
    if (line.rest.empty()) line.fail("a secret needs a meaning");
    secrets.push_back(storage_.keep(name));
  }

  void add_attribute(const Line& line, const Place& place) {
    if (is_secret(line)) return add_secret(line, line.what.substr(1), place.element->secret_attribute_list);
    Attribute attribute;
    std::vector<Attribute::Spelling> spellings;
    for (const std::string_view part : split(line.what.substr(1), ',')) {
      const std::size_t colon = part.rfind(':');
      if (attribute.name.empty())
        attribute.name = storage_.keep(part);
      else if (colon == std::string::npos)
        line.fail("alternatives are written @name,other:TYPE");
      else
        spellings.push_back({storage_.keep(part.substr(0, colon)), storage_.keep(part.substr(colon + 1))});
    }
    attribute.spellings = storage_.keep(std::move(spellings));
    if (line.words.empty()) line.fail("an attribute needs a type");
    for (const Attribute& other : place.element->attribute_list)
      if (other.name == attribute.name) line.fail("@", attribute.name, " is there already in ", place.element->path);
    attribute.column = add_column(line, place, place.relative_path + "@" + attribute.name,
                                  place.prefix + snake_case(attribute.name) + "_");
    place.element->attribute_list.push_back(attribute);
  }

  // Adds a column for something that the capture says besides its document. Nothing in the element tree refers to the
  // column, because it is not in the XML.
  void add_captured(const Line& line, const Place& place) {
    if (line.what != "$uuid" && line.what != "$driver" && line.what != "$name")
      line.fail("of a capture there are $uuid, $driver and $name");
    if (place.element->parent || line.words.size() != 2) line.fail("write below a root: $uuid  NAME  TYPE  Meaning.");
    add_column(line, place, std::string(line.what), "");
  }

  // Adds a column, or returns the one that another element of the same table has added. `name` is the default name,
  // made from the path, with an underscore at its end; empty if the line itself must name the column.
  const Column* add_column(const Line& line, const Place& place, const std::string& relative_path, std::string name) {
    if (!name.empty()) name.pop_back();
    if (line.words.size() == 2) name = line.words[0];
    if (name.empty()) line.fail("text() of a row needs a column name");
    const std::optional<Type> type = type_named(line.words.back());
    if (!type) line.fail("no type ", line.words.back());
    if (line.rest.empty()) line.fail("column ", name, " needs a meaning");

    TableDraft* table = place.column_table();
    for (const Column* column : table->column_list) {
      if (column->name != name) continue;
      if (column->relative_path == relative_path) return column;  // the same table for another element
      line.fail("column ", table->name, ".", name, " is there already, for ", column->relative_path);
    }
    ColumnDraft& column = storage_.columns.emplace_back();
    column.name = storage_.keep(name);
    column.type = *type;
    column.relative_path = storage_.keep(relative_path);
    if (relative_path.starts_with("$"))
      column.drafted.captured = storage_.keep(relative_path.substr(1));
    else
      column.xml_path = storage_.keep(place.rows.back()->path + "/" + relative_path);
    column.doc = storage_.keep(line.rest);
    column.table = table;
    column.slot = place.table->slots++;
    add_column_marks(line, {place.table, table}, column, storage_, pending_);
    table->column_drafts.push_back(&column);
    table->column_list.push_back(&column);
    table->columns = table->column_list;
    if (column.type == Type::kSize) pending_.sizes.push_back({table, &column, place.element});
    return &column;
  }

  void add_element(const Line& line, const Place& place) {
    if (is_secret(line)) return add_secret(line, line.what, place.element->secret_child_list);
    ElementDraft& element = storage_.elements.emplace_back();
    name_element(line, element, storage_);
    element.path = storage_.keep(place.element->path + "/" + element.name);
    element.parent = place.element;
    for (const ElementDraft* other : place.element->child_drafts) {
      if (other->name == element.name && other->occurrence == element.occurrence &&
          other->condition_value == element.condition_value && other->condition_negated == element.condition_negated)
        line.fail("<", element.name, "> is there already in ", place.element->path);
    }
    place.element->child_drafts.push_back(&element);
    place.element->child_list.push_back(&element);
    if (place.element->child_list.size() > kMaxChildren)
      line.fail("more than ", std::to_string(kMaxChildren), " children");

    const bool numbered = element.occurrence > 1;
    Place inner = place;
    inner.element = &element;
    inner.relative_path = place.relative_path + std::string(numbered ? element.token : element.name) + "/";
    inner.prefix =
        place.prefix + snake_case(numbered ? element.name + std::to_string(element.occurrence) : element.name) + "_";
    element.relative_path = storage_.keep(inner.relative_path.substr(0, inner.relative_path.size() - 1));

    const std::string_view kind = line.words.empty()           ? ""
                                  : is_row_kind(line.words[0]) ? line.words[0]
                                                               : line.words.back();
    if (is_row_kind(kind)) {
      if (kind == "rows") line.fail("say whether the order of the rows has a meaning: `list`, or else `set`");
      element.many = kind != "row";
      element.ordered = kind == "list";
      add_row(line, place, element);
      return;
    }
    if (kind.empty() || kind == "as_json") {
      add_container(line, inner);
    } else if (kind == "flag") {
      element.flag = add_column(line, place, inner.relative_path, inner.prefix);
      element.drafted.live = element.flag->marks->live;
    } else if (kind == "json") {
      element.json = add_column(line, place, inner.relative_path, inner.prefix);
      element.drafted.live = element.json->marks->live;
    } else {
      element.text = add_column(line, place, inner.relative_path + "text()", inner.prefix);
      if (element.text->type == Type::kSize) pending_.sizes.back().element = &element;  // its unit is its own attribute
    }
    add_children(line, inner);
    add_pcis(line, *place.column_table(), element);
  }

  // Notes {pci COLUMN}: the table gets a computed column with the PCI address that the element holds.
  void add_pcis(const Line& line, TableDraft& table, const ElementDraft& element) {
    for (const std::string_view mark : line.marks)
      if (mark.starts_with("pci ")) pending_.pcis.push_back({&table, &element, std::string(mark.substr(4)), ""});
  }

  void add_container(const Line& line, const Place& inner) {
    ElementDraft& element = *inner.element;
    for (const std::string_view mark : line.marks) {
      const std::vector<std::string_view> words = split(mark, ' ');
      if (words[0] == "live" || words[0] == "found")
        element.drafted.live = live_rule(line, mark, storage_);
      else if (mark == "devices")
        element.holds_devices = true;
      else if (mark == "added")
        element.drafted.added = true;
      else if (words[0] == "started" && is_plain_or_if(words)) {
        element.drafted.started_if = conditions_behind_if(line, words, storage_);
        element.drafted.started = true;
      } else if (words.size() > 2 && words[0] == "dropped" && words[1] == "if") {
        element.drafted.dropped_if = conditions_behind_if(line, words, storage_);
        element.drafted.dropped = true;
      } else if (words[0] == "inherited" && words.size() == 3)
        pending_.inherited.push_back({&element, words[1], words[2]});
      else if (mark == "unordered" && element.occurrence > 1)
        element.unordered = true;
      else if (mark == "hint")
        pending_.hint_containers.emplace_back(inner.table, &element);
      else if (!mark.starts_with("pci "))
        line.fail("no mark {", mark, "} for a container");
    }
    if (line.words.empty()) {
      if (!line.rest.empty() && line.children.empty())
        line.fail("<", element.name, "> has neither a kind nor children");
      return;
    }
    const std::string json_name = line.words.size() == 2 ? std::string(line.words[0]) : inner.prefix + "json";
    pending_.groups.push_back({inner.column_table(), &element, json_name, line.rest});
  }

  void add_row(const Line& line, const Place& place, ElementDraft& element) {
    element.relative_path = "";
    element.of_resource = place.in_resource;
    const std::string_view json_name = take_row_marks(line, element);
    TableDraft* owner = place.column_table();
    const std::string name = table_name(line, place, element);
    TableDraft* table = tables_.find(name);
    if (table) check_shared(line, place, *table);
    ElementDraft& enclosing_row = *place.rows.back();
    element.child_slot = static_cast<std::uint32_t>(enclosing_row.row_list.size());
    enclosing_row.row_list.push_back(&element);
    if (is_recursion(place, table, element)) return;
    if (!table) {
      table = tables_.add_owned(line, name, owner);
      add_pcis(line, *table, element);
    }
    if (!json_name.empty()) pending_.rows.push_back({owner, json_name, table});
    TableDrafts::bind(element, table);
    Place inner{&element, table, "", "", false, place.rows};
    inner.rows.push_back(&element);
    if (element.any_name)
      add_whole(line, inner);
    else
      add_children(line, inner);
  }

  // Takes the line's marks of a table. Returns the name that {json NAME} gives; "" if there is none.
  std::string_view take_row_marks(const Line& line, ElementDraft& element) {
    std::vector<OwnRule> own;
    std::vector<Addition> additions;
    std::string_view json_name;
    for (const std::string_view mark : line.marks) {
      const std::vector<std::string_view> words = split(mark, ' ');
      if (words[0] == "own")
        own.push_back(own_rule(line, words, storage_));
      else if (words[0] == "live" || words[0] == "found")
        element.drafted.live = live_rule(line, mark, storage_);
      else if (words[0] == "added" && is_plain_or_if(words))
        additions.push_back({conditions_behind_if(line, words, storage_)});
      else if (words[0] == "started" && is_plain_or_if(words)) {
        element.drafted.started_if = conditions_behind_if(line, words, storage_);
        element.drafted.started = true;
      } else if (words.size() > 2 && words[0] == "dropped" && words[1] == "if") {
        element.drafted.dropped_if = conditions_behind_if(line, words, storage_);
        element.drafted.dropped = true;
      } else if (words.size() == 2 && words[0] == "json")
        json_name = words[1];
      else if (mark != "usual" && mark != "single" && !mark.starts_with("ordinal ") && !mark.starts_with("pci "))
        line.fail("no mark {", mark, "} for a table");
    }
    element.drafted.own = storage_.keep(std::move(own));
    element.drafted.additions = storage_.keep(std::move(additions));
    for (const OwnRule& rule : element.marks->own)
      if (rule.gives != OwnRule::Gives::kNone) line.fail("of a row {own} says no value");
    return json_name;
  }

  // Returns the name of the table: as the line says it, but `_` is that of an element around it, and a name that begins
  // with `_` follows the owner's.
  static std::string table_name(const Line& line, const Place& place, const ElementDraft& element) {
    const std::string name(line.words[1]);
    if (name == "_") return enclosing_table(line, place, element.name);
    return name.starts_with("_") ? singular(place.column_table()->name) + name : name;
  }

  // Checks that the element may be one more of a table that is there. A table whose elements nest is recursive.
  static void check_shared(const Line& line, const Place& place, TableDraft& table) {
    const bool nested =
        std::any_of(place.rows.begin(), place.rows.end(), [&](const Element* row) { return row->table == &table; });
    if (nested) {
      table.recursive = true;
      table.one_per_owner = false;
    } else if (table.owner != place.column_table()) {
      line.fail("table ", table.name, " belongs to ", (table.owner ? table.owner->name : "no table"));
    }
  }

  // Whether the element nests in one of the same table and name. Then it is stored like that one.
  static bool is_recursion(const Place& place, TableDraft* table, ElementDraft& element) {
    for (const ElementDraft* enclosing : place.rows) {
      if (enclosing->table != table || enclosing->name != element.name) continue;
      element.recursion = enclosing;
      element.table = table;
      return true;
    }
    return false;
  }

  // Returns the table that the name `_` stands for: that of the nearest enclosing element of the same name.
  static std::string enclosing_table(const Line& line, const Place& place, std::string_view name) {
    for (auto row = place.rows.rbegin(); row != place.rows.rend(); ++row)
      if ((*row)->name == name) return (*row)->table->name;
    line.fail("no <", name, "> around it, whose table `_` could be");
  }

  // Adds the columns of a `*` row: the whole element as JSON and, computed from that, its name and its namespace.
  void add_whole(const Line& line, const Place& place) {
    Line column = line;
    column.marks.clear();
    column.words = {"value_json", "json"};
    column.rest = R"(The element with everything in it, as lossless JSON: {"name": content}.)";
    place.element->json = add_column(column, place, ".", "value_json_");
    const auto add = [&](Computed::Kind kind, Name name, Name doc) {
      Computed computed;
      computed.name = name;
      computed.kind = kind;
      computed.parts = storage_.keep(std::vector<Computed::Part>{{"", place.element->json}});
      computed.doc = doc;
      place.table->add(computed);
    };
    add(Computed::Kind::kElementName, "name", "Qualified name of the element.");
    add(Computed::Kind::kElementNamespace, "namespace", "Its XML namespace, where the element itself declares it.");
  }

  CatalogStorage& storage_;
  TableDrafts tables_;
  std::vector<std::string>& unused_structs_;
  Pending pending_;
  std::map<std::string_view, const Line*> structs_;
  std::set<std::string_view> used_structs_;
  int use_depth_ = 0;
};

}  // namespace

BuiltCatalog::BuiltCatalog(std::vector<CatalogFile> files)
    : files_(std::move(files)), storage_(std::make_unique<CatalogStorage>()) {
  CatalogBuilder(*storage_, unused_structs_).build(files_);
  roots_ = storage_->roots;
  tables_ = storage_->order;
  by_name_ = storage_->by_name;
  for (const Table* table : tables_) check_names(*table);
}

BuiltCatalog::~BuiltCatalog() = default;

}  // namespace virtsql
