#include "core/catalog/builder.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "core/catalog/draft.h"

namespace virtsql {
namespace {

using Line = CatalogLine;

constexpr std::string_view kLowerCase = "abcdefghijklmnopqrstuvwxyz0123456789_";

// queueSize -> queue_size, qemu:arg -> qemu_arg, egl-headless -> egl_headless
std::string snake_case(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (std::isupper(static_cast<unsigned char>(c))) {
      const bool after_lower = i > 0 && !std::isupper(static_cast<unsigned char>(name[i - 1]));
      if (after_lower && !out.empty() && out.back() != '_') out += '_';
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else {
      out += (c == ':' || c == '-' || c == '.') ? '_' : c;
    }
  }
  return out;
}

bool is_row_kind(std::string_view kind) { return kind == "row" || kind == "rows" || kind == "list" || kind == "set"; }

// Turns the lines into elements and tables.
class CatalogBuilder {
 public:
  CatalogBuilder(CatalogStorage& storage, std::vector<std::string>& unused_structs)
      : storage_(storage), unused_structs_(unused_structs) {}

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
  // Where lines are being added.
  struct Place {
    ElementDraft* element = nullptr;
    TableDraft* table = nullptr;  // the enclosing row's table
    std::string relative_path;    // of the element, from the row's element; "" or "driver/"
    std::string prefix;           // of default column names; "" or "driver_"
    bool in_resource = false;
    std::vector<ElementDraft*> rows;  // the enclosing row elements, outermost first

    // The table that a column here belongs to.
    TableDraft* column_table() const { return in_resource ? table->resource_draft : table; }
  };

  std::vector<Name> keep_all(std::vector<std::string_view>::const_iterator from,
                             std::vector<std::string_view>::const_iterator to) {
    std::vector<Name> out;
    for (; from != to; ++from)
      if (!from->empty()) out.push_back(storage_.keep(*from));
    return out;
  }

  void add_root(const Line& line) {
    if (line.words.size() != 2 || line.words[0] != "row") line.fail("a root is: NAME  row TABLE  Meaning.");
    ElementDraft& root = storage_.elements.emplace_back();
    root.name = storage_.keep(line.what);
    root.path = storage_.keep("/" + std::string(line.what));
    root.token = root.name;
    storage_.root_drafts.push_back(&root);
    TableDraft* table = new_table(line, line.words[1]);
    table->reference_name = storage_.keep(singular(table->name) + "_id");
    for (const std::string_view mark : line.marks) {
      const std::vector<std::string_view> words = split(mark, ' ');
      if (mark == "vm") {
        table->natural_key = "uuid";
        table->reference_name = "vm_uuid";
      } else if (words.size() > 1 && words[0] == "identity") {
        table->identity = storage_.keep(keep_all(words.begin() + 1, words.end()));
      } else if (mark == "files") {
        table->files = true;
      } else if (mark == "spaced") {
        root.spaced = true;
      } else if (words.size() == 2 && words[0] == "named") {
        table->named = storage_.keep(words[1]);
      } else if (words.size() == 2 && words[0] == "function") {
        table->function_name = storage_.keep(words[1]);
      } else {
        line.fail("no mark {", mark, "} for a root");
      }
    }
    bind(root, table);
    add_children(line, Place{&root, table, "", "", false, {&root}});
  }

  TableDraft* new_table(const Line& line, std::string_view name) {
    if (name.empty() || name.find_first_not_of(kLowerCase) != std::string::npos)
      line.fail("a table's name is lower case with underscores, not \"", name, "\"");
    TableDraft& table = storage_.tables.emplace_back();
    table.name = storage_.keep(name);
    table.doc = storage_.keep(line.rest);
    if (!tables_.emplace(table.name, &table).second) line.fail("table ", name, " is there already");
    return &table;
  }

  static void bind(ElementDraft& element, TableDraft* table) {
    element.table = table;
    table->element_list.push_back(&element);
    if (element.many) table->one_per_owner = false;
  }

  void add_children(const Line& line, const Place& place) {
    for (const Line& child : line.children) add_line(child, place);
  }

  void add_line(const Line& line, const Place& place) {
    if (line.what == "use") {
      use(line, place);
    } else if (line.what == "resource" && line.words.size() == 1) {
      // handled by add_row, which must know of it before any column
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

  // {secret}: known, and nothing more: neither a column nor anything below it.
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

  // What the capture says besides its document. Nothing in the tree refers to the column: it is no part of the XML.
  void add_captured(const Line& line, const Place& place) {
    if (line.what != "$uuid" && line.what != "$driver" && line.what != "$name")
      line.fail("of a capture there are $uuid, $driver and $name");
    if (place.element->parent || line.words.size() != 2) line.fail("write below a root: $uuid  NAME  TYPE  Meaning.");
    add_column(line, place, std::string(line.what), "");
  }

  // `name` ends in an underscore where it is a path's default name.
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
    Column& column = storage_.columns.emplace_back();
    column.name = storage_.keep(name);
    column.type = *type;
    column.relative_path = storage_.keep(relative_path);
    if (relative_path.starts_with("$"))
      column.captured = storage_.keep(relative_path.substr(1));
    else
      column.xml_path = storage_.keep(place.rows.back()->path + "/" + relative_path);
    column.doc = storage_.keep(line.rest);
    column.table = table;
    column.slot = place.table->slots++;
    add_marks(line, place, column);
    table->column_drafts.push_back(&column);
    table->column_list.push_back(&column);
    table->columns = table->column_list;
    if (column.type == Type::kSize) pending_.sizes.push_back({table, &column, place.element});
    return &column;
  }

  void add_marks(const Line& line, const Place& place, Column& column) {
    std::vector<Becoming> becomes;
    std::vector<Dropping> dropped;
    std::vector<Replacement> replaced;
    std::vector<OwnRule> own;
    for (const std::string_view mark : line.marks) {
      const std::vector<std::string_view> words = split(mark, ' ');
      if (words[0] == "key") {
        column.key = true;
        column.key_with = storage_.keep(keep_all(words.begin() + 1, words.end()));
      } else if (mark == "hint") {
        pending_.hints.emplace_back(place.table, &column);
      } else if (words[0] == "added" && words.size() <= 2) {
        column.added = true;
        if (words.size() == 2) column.added_value = storage_.keep(words[1]);
      } else if (mark == "started" || (words.size() > 2 && words[0] == "started" && words[1] == "if")) {
        column.started_if = conditions_behind_if(line, words);
        column.started = true;
      } else if (words.size() == 2 && words[0] == "from") {
        column.from_name = storage_.keep(words[1]);
      } else if (mark == "actual" || (words.size() > 2 && words[0] == "actual" && words[1] == "if")) {
        column.actual_if = conditions_behind_if(line, words);
        column.actual = true;
      } else if (words[0] == "own") {
        own.push_back(own_rule(line, words));
      } else if (words[0] == "becomes" && (words.size() == 3 || (words.size() > 4 && words[3] == "if"))) {
        becomes.push_back(
            {storage_.keep(words[1]), storage_.keep(words[2]),
             words.size() == 3 ? std::span<const Condition>() : conditions(line, {words.begin() + 4, words.end()})});
      } else if (words[0] == "dropped" && (words.size() == 2 || (words.size() > 3 && words[2] == "if"))) {
        dropped.push_back({storage_.keep(words[1]), words.size() == 2
                                                        ? std::span<const Condition>()
                                                        : conditions(line, {words.begin() + 3, words.end()})});
      } else if (words.size() > 2 && words[0] == "derived" && words[1] == "if") {
        column.derived = true;
        column.derived_if = conditions(line, {words.begin() + 2, words.end()});
      } else if (words.size() == 2 && words[0] == "limited") {
        column.limit_name = storage_.keep(words[1]);
      } else if (words[0] == "repeated" && (words.size() == 2 || (words.size() > 3 && words[2] == "if"))) {
        column.repeated_name = storage_.keep(words[1]);
        if (words.size() > 2) column.repeated_if = conditions(line, {words.begin() + 3, words.end()});
      } else if (mark == "each") {
        if (column.type != Type::kCpuset) line.fail("{each} is a mark of a cpuset");
        column.each = true;
      } else if (words.size() > 2 && words[0] == "unsaid" && words[1] == "if") {
        column.unsaid = true;
        column.unsaid_if = conditions(line, {words.begin() + 2, words.end()});
      } else if (words.size() == 3 && words[0] == "member") {
        pending_.members.push_back({place.column_table(), &column, words[1], words[2]});
      } else if (words.size() == 2 && words[0] == "into") {
        pending_.into_json.push_back({place.column_table(), &column, words[1]});
      } else if (words.size() == 4 && words[0] == "seen") {
        pending_.seen.push_back({place.column_table(), &column, words[1], words[2], words[3]});
      } else if (words.size() == 2 && words[0] == "default") {
        column.preset = storage_.keep(words[1]);
      } else if (words.size() == 2 && words[0] == "shown") {
        column.shown = storage_.keep(words[1]);
      } else if (words.size() == 3 && words[0] == "after") {
        column.after = storage_.keep(words[1]);
        column.after_separator = storage_.keep(words[2]);
      } else if (mark == "unique") {
        column.unique = true;
      } else if (mark == "index") {
        column.index = true;
      } else if (words.size() == 2 && words[0] == "unit") {
        column.default_unit = words[1] == "bytes" ? 1 : words[1] == "KiB" ? 1024 : words[1] == "MiB" ? 1024 * 1024 : 0;
        if (column.type != Type::kSize || column.default_unit == 0)
          line.fail("write {unit bytes}, {unit KiB} or {unit MiB}, of a size");
      } else if (words.size() == 2 && words[0] == "namespace") {
        column.namespace_uri = storage_.keep(words[1]);
      } else if (words.size() > 3 && words[0] == "replaced" && words[2] == "if") {
        replaced.push_back({storage_.keep(words[1]), conditions(line, {words.begin() + 3, words.end()})});
      } else if (words[0] == "live" || words[0] == "found") {
        column.live = live_rule(line, mark);
      } else {
        line.fail("no mark {", mark, "} for a column");
      }
    }
    column.replaced = storage_.keep(std::move(replaced));
    column.own = storage_.keep(std::move(own));
    column.becomes = storage_.keep(std::move(becomes));
    column.dropped = storage_.keep(std::move(dropped));
  }

  LiveRule live_rule(const Line& line, std::string_view mark) {
    LiveRule rule;
    const std::vector<std::string_view> words = split(mark, ' ');
    const bool unless = words.size() > 1 && words[1] == "unless";
    rule.found = words[0] == "found";
    if (words.size() == 1) {
      rule.when = LiveRule::When::kAlways;
    } else if (words.size() < 3 || !(unless || words[1] == "if")) {
      line.fail("a live mark is {live}, {live if ...} or {live unless ...}");
    } else if (words[2].find('@') == std::string_view::npos) {
      if (words.size() != 3) line.fail("write {live if PATTERN} or {live if @attribute=value ...}");
      rule.when = unless ? LiveRule::When::kUnlessValue : LiveRule::When::kIfValue;
      rule.pattern = storage_.keep(words[2]);
    } else {
      if (unless) line.fail("{live unless ...} takes a pattern");
      rule.when = LiveRule::When::kIf;
      rule.conditions = conditions(line, {words.begin() + 2, words.end()});
    }
    return rule;
  }

  // {own}, {own VALUE}, {own =COLUMN}, {own renamed}, each also with `if` and conditions.
  OwnRule own_rule(const Line& line, const std::vector<std::string_view>& words) {
    OwnRule rule;
    std::size_t at = 1;
    if (at < words.size() && words[at] != "if") {
      const std::string_view value = words[at++];
      rule.gives = value == "renamed"       ? OwnRule::Gives::kRenamed
                   : value.starts_with("=") ? OwnRule::Gives::kColumn
                                            : OwnRule::Gives::kValue;
      if (rule.gives != OwnRule::Gives::kRenamed) rule.value = storage_.keep(value.substr(value.starts_with("=")));
    }
    if (at < words.size()) {
      if (words[at] != "if" || at + 1 == words.size()) line.fail("write {own WHAT if @attribute=value ...}");
      rule.conditions = conditions(line, {words.begin() + static_cast<std::ptrdiff_t>(at) + 1, words.end()});
    }
    return rule;
  }

  // The conditions of {MARK if ...}; none of {MARK}.
  std::span<const Condition> conditions_behind_if(const Line& line, const std::vector<std::string_view>& words) {
    return words.size() < 3 ? std::span<const Condition>() : conditions(line, {words.begin() + 2, words.end()});
  }

  // The conditions of a mark: @attribute, !@attribute, @attribute=value, @attribute!=value; the attribute may have a
  // path.
  std::span<const Condition> conditions(const Line& line, const std::vector<std::string_view>& words) {
    std::vector<Condition> out;
    for (std::string_view word : words) {
      Condition condition;
      if (word.starts_with("!")) {
        condition.test = Condition::Test::kMissing;
        word.remove_prefix(1);
      }
      const std::size_t equals = word.find('=');
      std::string_view attribute = word.substr(0, equals);
      if (equals != std::string_view::npos) {
        condition.test = attribute.ends_with('!') ? Condition::Test::kDiffers : Condition::Test::kEquals;
        if (attribute.ends_with('!')) attribute.remove_suffix(1);
        std::string value(word.substr(equals + 1));
        for (std::size_t open = value.find('<'); open != std::string::npos; open = value.find('<', open + 1)) {
          const std::size_t close = value.find('>', open);
          if (close == std::string::npos) line.fail("no > behind the < in ", word);
          condition.inserted_attribute = storage_.keep(value.substr(open + 1, close - open - 1));
          value.erase(open + 1, close - open - 1);
        }
        condition.value = storage_.keep(value);
      }
      if (attribute.find('@') == std::string_view::npos && !attribute.ends_with("text()"))
        line.fail("a condition names an @attribute or a text(), not ", word);
      condition.attribute = storage_.keep(attribute.starts_with("@") ? attribute.substr(1) : attribute);
      out.push_back(condition);
    }
    return storage_.keep(std::move(out));
  }

  // Takes WHAT apart: name, name#2, name[@type=mdev].
  void name_element(const Line& line, ElementDraft& element) {
    std::string name(line.what);
    if (const std::size_t bracket = name.find('['); bracket != std::string::npos) {
      const std::string condition = name.substr(bracket);
      name.resize(bracket);
      const std::size_t equals = condition.find('=');
      if (condition.size() < 5 || condition[1] != '@' || condition.back() != ']' || equals == std::string::npos)
        line.fail("a condition is written [@attribute=value] or [@attribute!=value]");
      element.condition_negated = condition[equals - 1] == '!';
      element.condition_attribute =
          storage_.keep(condition.substr(2, equals - 2 - (element.condition_negated ? 1 : 0)));
      element.condition_value = storage_.keep(condition.substr(equals + 1, condition.size() - equals - 2));
    }
    if (const std::size_t hash = name.find('#'); hash != std::string::npos) {
      element.occurrence = static_cast<std::uint32_t>(std::stoul(name.substr(hash + 1)));
      name.resize(hash);
    }
    element.any_name = name == "*";
    element.name = storage_.keep(name);
    element.token = storage_.keep(line.what);
  }

  void add_element(const Line& line, const Place& place) {
    if (is_secret(line)) return add_secret(line, line.what, place.element->secret_child_list);
    ElementDraft& element = storage_.elements.emplace_back();
    name_element(line, element);
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
      element.live = element.flag->live;
    } else if (kind == "json") {
      element.json = add_column(line, place, inner.relative_path, inner.prefix);
      element.live = element.json->live;
    } else {
      element.text = add_column(line, place, inner.relative_path + "text()", inner.prefix);
      if (element.text->type == Type::kSize) pending_.sizes.back().element = &element;  // the unit is its own attribute
    }
    add_children(line, inner);
    for (const std::string_view mark : line.marks)
      if (mark.starts_with("pci "))
        pending_.pcis.push_back({place.column_table(), &element, std::string(mark.substr(4)), ""});
  }

  void add_container(const Line& line, const Place& inner) {
    ElementDraft& element = *inner.element;
    for (const std::string_view mark : line.marks) {
      if (mark.starts_with("live") || mark.starts_with("found"))
        element.live = live_rule(line, mark);
      else if (mark == "devices")
        element.holds_devices = true;
      else if (mark == "added")
        element.added = true;
      else if (mark.starts_with("started if "))
        element.started_if = conditions_behind_if(line, split(mark, ' ')), element.started = true;
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
    std::vector<OwnRule> own;
    std::string_view json_name;
    for (const std::string_view mark : line.marks) {
      const std::vector<std::string_view> words = split(mark, ' ');
      if (words[0] == "own")
        own.push_back(own_rule(line, words));
      else if (words[0] == "live" || words[0] == "found")
        element.live = live_rule(line, mark);
      else if (mark == "added")
        element.added = true;
      else if (words[0] == "started" && (words.size() == 1 || (words.size() > 2 && words[1] == "if")))
        element.started_if = conditions_behind_if(line, words), element.started = true;
      else if (words.size() > 2 && words[0] == "dropped" && words[1] == "if")
        element.dropped_if = conditions_behind_if(line, words), element.dropped = true;
      else if (words.size() == 2 && words[0] == "json")
        json_name = words[1];
      else if (!mark.starts_with("ordinal ") && !mark.starts_with("pci "))
        line.fail("no mark {", mark, "} for a table");
    }
    element.own = storage_.keep(std::move(own));
    for (const OwnRule& rule : element.own)
      if (rule.gives != OwnRule::Gives::kNone) line.fail("of a row {own} says no value");
    TableDraft* owner = place.column_table();
    element.of_resource = place.in_resource;
    std::string table_name(line.words[1]);
    if (table_name == "_")
      table_name = enclosing_table(line, place, element.name);
    else if (table_name.starts_with("_"))
      table_name = singular(owner->name) + table_name;

    TableDraft* table = nullptr;
    if (const auto found = tables_.find(table_name); found != tables_.end()) {
      table = found->second;
      const bool nested =
          std::any_of(place.rows.begin(), place.rows.end(), [&](const Element* row) { return row->table == table; });
      if (!nested && table->owner != owner)
        line.fail("table ", table_name, " belongs to ", (table->owner ? table->owner->name : "no table"));
      if (nested) table->recursive = true;
      if (nested) table->one_per_owner = false;
    }
    ElementDraft& enclosing_row = *place.rows.back();
    element.child_slot = static_cast<std::uint32_t>(enclosing_row.row_list.size());
    enclosing_row.row_list.push_back(&element);
    for (const ElementDraft* enclosing : place.rows) {
      if (enclosing->table == table && enclosing->name == element.name) {
        element.recursion = enclosing;
        element.table = table;
        return;
      }
    }
    if (!table) table = owned_table(line, table_name, owner, element);
    if (!json_name.empty()) pending_.rows.push_back({owner, json_name, table});
    bind(element, table);
    Place inner{&element, table, "", "", false, place.rows};
    inner.rows.push_back(&element);
    if (element.any_name)
      add_whole(line, inner);
    else
      add_children(line, inner);
  }

  // `_` as a table's name: that of the nearest enclosing element of the same name.
  static std::string enclosing_table(const Line& line, const Place& place, std::string_view name) {
    for (auto row = place.rows.rbegin(); row != place.rows.rend(); ++row)
      if ((*row)->name == name) return (*row)->table->name;
    line.fail("no <", name, "> around it, whose table `_` could be");
  }

  TableDraft* owned_table(const Line& line, std::string_view name, TableDraft* owner, const ElementDraft& element) {
    TableDraft* table = new_table(line, name);
    table->owner = owner;
    table->owner_draft = owner;
    owner->child_list.push_back(table);
    table->owner_key = owner->is_root() ? owner->reference_name : storage_.keep(singular(owner->name) + "_id");
    for (const std::string_view mark : line.marks)
      if (mark.starts_with("ordinal "))
        table->ordinal = storage_.keep(mark.substr(8));
      else if (mark.starts_with("pci "))
        pending_.pcis.push_back({table, &element, std::string(mark.substr(4)), ""});
    for (const Line& child : line.children)
      if (child.what == "resource" && child.words.size() == 1) add_resource(child, *table);
    return table;
  }

  // The columns of a `*` row: all of the element, and, computed, what it is.
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

  void add_resource(const Line& line, TableDraft& attachment) {
    if (line.words.size() != 1) line.fail("write: resource TABLE  {host}  {key ...}  Meaning.");
    TableDraft* resource = new_table(line, line.words[0]);
    resource->attachment = &attachment;
    resource->attachment_draft = &attachment;
    attachment.resource = resource;
    attachment.resource_draft = resource;
    attachment.resource_key = storage_.keep(singular(resource->name) + "_id");
    for (const std::string_view mark : line.marks) {
      const std::vector<std::string_view> words = split(mark, ' ');
      if (mark == "host")
        resource->host_scoped = true;
      else if (words.size() > 1 && words[0] == "key")
        resource->share_keys = storage_.keep(keep_all(words.begin() + 1, words.end()));
      else
        line.fail("no mark {", mark, "} for a resource");
    }
  }

  CatalogStorage& storage_;
  std::vector<std::string>& unused_structs_;
  Pending pending_;
  std::map<std::string_view, const Line*> structs_;
  std::set<std::string_view> used_structs_;
  std::map<std::string, TableDraft*, std::less<>> tables_;
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

std::vector<CatalogFile> read_catalog_files(const std::string& folder) {
  std::vector<CatalogFile> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".catalog") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in) throw CatalogError("cannot read " + entry.path().string());
    files.push_back({entry.path().filename().string(), text.str()});
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return files;
}

}  // namespace virtsql
