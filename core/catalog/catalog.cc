#include "core/catalog/catalog.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "core/catalog/catalog_text.h"

namespace virtsql {
namespace {

constexpr std::array<std::pair<std::string_view, Type>, 14> kTypes = {{
    {"text", Type::kText},
    {"integer", Type::kInteger},
    {"number", Type::kNumber},
    {"hex", Type::kHex},
    {"uuid", Type::kUuid},
    {"mac", Type::kMac},
    {"path", Type::kPath},
    {"yes_no", Type::kYesNo},
    {"on_off", Type::kOnOff},
    {"flag", Type::kFlag},
    {"size", Type::kSize},
    {"bytes", Type::kBytes},
    {"kib", Type::kKib},
    {"json", Type::kJson},
}};

const Type* find_type(std::string_view name) {
  for (const auto& [type_name, type] : kTypes)
    if (type_name == name) return &type;
  return nullptr;
}

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

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  std::size_t from = 0;
  while (true) {
    const std::size_t to = text.find(separator, from);
    out.emplace_back(text.substr(from, to == std::string_view::npos ? to : to - from));
    if (to == std::string_view::npos) return out;
    from = to + 1;
  }
}

// One line of a catalog file with the lines indented below it.
struct Line {
  std::string_view file;
  std::size_t number = 0;
  std::string_view what;
  std::vector<std::string_view> words;  // the words between WHAT and the first mark or the meaning
  std::vector<std::string_view> marks;  // the texts in braces
  std::string_view rest;                // what is left
  std::vector<Line> children;

  // What is wrong with it, in parts.
  template <typename... Parts>
  [[noreturn]] void fail(const Parts&... parts) const {
    std::string message = std::string(file) + ":" + std::to_string(number) + ": ";
    (message.append(parts), ...);
    throw CatalogError(message);
  }
};

class LineReader {
 public:
  explicit LineReader(std::string_view text) : text_(text) {}
  std::string_view word() {
    skip_space();
    std::size_t end = 0;
    while (end < text_.size() && text_[end] != ' ') ++end;
    const std::string_view out = text_.substr(0, end);
    text_.remove_prefix(end);
    return out;
  }
  std::string_view peek_word() const {
    LineReader copy = *this;
    return copy.word();
  }
  bool mark(std::string_view& out) {
    skip_space();
    if (text_.empty() || text_[0] != '{') return false;
    const std::size_t end = text_.find('}');
    if (end == std::string_view::npos) return false;
    out = text_.substr(1, end - 1);
    text_.remove_prefix(end + 1);
    return true;
  }
  std::string_view rest() {
    skip_space();
    return text_;
  }

 private:
  void skip_space() {
    while (!text_.empty() && text_[0] == ' ') text_.remove_prefix(1);
  }
  std::string_view text_;
};

Line parse_line(std::string_view file, std::size_t number, std::string_view text) {
  Line line;
  line.file = file;
  line.number = number;
  LineReader reader(text);
  line.what = reader.word();
  std::string_view mark;
  const auto take_marks = [&] {
    while (reader.mark(mark)) line.marks.push_back(mark);
  };
  const auto take = [&] { line.words.emplace_back(reader.word()); };
  // <resource> is an element of libvirt's, too
  const bool resource = line.what == "resource" && !reader.peek_word().starts_with("row");
  if (line.what == "struct" || line.what == "use" || line.what == "^use" || resource) {
    take();
    take_marks();
  } else {
    // [NAME] KIND, KIND TABLE, KIND alone, or nothing
    const auto is_kind = [](std::string_view w) { return find_type(w) || w == "as_json"; };
    const auto is_row = [](std::string_view w) { return w == "row" || w == "rows"; };
    take_marks();
    const std::string_view first = reader.peek_word();
    if (is_row(first)) {
      take();
      take();
    } else if (!first.empty()) {
      LineReader ahead = reader;
      ahead.word();
      const std::string_view second = ahead.peek_word();
      if (is_kind(second) && first.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos) {
        take();
        take();
      } else if (is_kind(first)) {
        take();
      }
    }
    take_marks();
  }
  line.rest = reader.rest();
  return line;
}

std::vector<Line> parse_file(const Catalog::File& file) {
  std::vector<Line> top;
  std::vector<std::vector<Line>*> open = {&top};
  std::size_t number = 0;
  for (const std::string_view raw : split(file.text, '\n')) {
    ++number;
    const std::size_t indent = raw.find_first_not_of(' ');
    if (indent == std::string::npos || raw[indent] == '#') continue;
    Line line = parse_line(file.name, number, raw.substr(indent));
    if (indent % 2 != 0) line.fail("indentation is two spaces a level");
    const std::size_t depth = indent / 2;
    if (depth >= open.size()) line.fail("indented deeper than one level below the line above");
    open.resize(depth + 1);
    open.back()->push_back(std::move(line));
    open.push_back(&open.back()->back().children);
  }
  return top;
}

LiveRule parse_live(const Line& line, std::string_view mark) {
  LiveRule rule;
  if (mark == "live") {
    rule.when = LiveRule::When::kAlways;
    return rule;
  }
  mark.remove_prefix(5);
  const bool unless = mark.starts_with("unless ");
  if (!unless && !mark.starts_with("if ")) line.fail("a live mark is {live}, {live if ...} or {live unless ...}");
  mark.remove_prefix(unless ? 7 : 3);
  if (mark.starts_with("@")) {
    const std::size_t equals = mark.find('=');
    if (unless || equals == std::string_view::npos) line.fail("write {live if @attribute=value}");
    rule.when = LiveRule::When::kIfAttribute;
    rule.attribute = mark.substr(1, equals - 1);
    rule.pattern = mark.substr(equals + 1);
  } else {
    rule.when = unless ? LiveRule::When::kUnlessValue : LiveRule::When::kIfValue;
    rule.pattern = mark;
  }
  return rule;
}

// Throws where a table has two columns of a name, or refers to a column that it has not.
void check_names(const Table& table) {
  std::set<std::string> names = {"id", "position", "layout", "child_tables", "element", "parent_id", "host_id"};
  names.insert(table.owner_key);
  names.insert(table.resource_key);
  names.insert(table.ordinal);
  const auto check = [&](const std::string& name) {
    if (!names.insert(name).second) throw CatalogError("table " + table.name + " has two columns " + name);
  };
  for (const auto& column : table.columns) check(column->name);
  for (const Computed& column : table.computed) check(column.name);
  if (!table.natural_key.empty() && !table.find(table.natural_key))
    throw CatalogError("table " + table.name + " has no column " + table.natural_key + ", by which it is referred to");
  if (table.attachment && table.columns.empty()) throw CatalogError("resource " + table.name + " has no column (^)");
  for (const std::string& key : table.share_keys)
    if (!table.find(key))
      throw CatalogError("resource " + table.name + " has no column " + key + ", named in its {key}");
}

}  // namespace

// Turns the lines into elements and tables.
class CatalogBuilder {
 public:
  explicit CatalogBuilder(Catalog& catalog) : catalog_(catalog) {}

  void build(const std::vector<Catalog::File>& files) {
    std::vector<Line> top;
    for (const Catalog::File& file : files)
      for (Line& line : parse_file(file)) top.push_back(std::move(line));
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
      if (!used_structs_.contains(name))
        catalog_.unused_structs_.push_back(std::string(line->file) + ": " + std::string(name));
    finish();
  }

 private:
  struct Size {
    Table* table;
    const Column* column;
    const Element* element;
  };
  struct Member {
    Table* table;
    const Column* column;
    std::string name;    // of the computed column
    std::string member;  // in the JSON
  };
  struct Group {
    Table* table;
    const Element* element;
    std::string name;
    std::string doc;
  };

  // Where lines are being added.
  struct Place {
    Element* element = nullptr;
    Table* table = nullptr;     // the enclosing row's table
    std::string relative_path;  // of the element, from the row's element; "" or "driver/"
    std::string prefix;         // of default column names; "" or "driver_"
    bool in_resource = false;
    std::vector<Element*> rows;  // the enclosing row elements, outermost first
  };

  void add_root(const Line& line) {
    auto element = std::make_unique<Element>();
    element->name = line.what;
    element->path = "/" + element->name;
    element->doc = line.rest;
    element->token = line.what;
    if (line.words.size() != 2 || line.words[0] != "row") line.fail("a root is: NAME  row TABLE  Meaning.");
    Element* root = element.get();
    catalog_.roots_.push_back(std::move(element));
    Table* table = new_table(line, line.words[1]);
    table->doc = line.rest;
    table->reference_name = singular(table->name) + "_id";
    for (const std::string_view mark : line.marks) {
      const std::vector<std::string_view> words = split(mark, ' ');
      if (words.size() > 1 && words[0] == "identity") {
        table->identity.assign(words.begin() + 1, words.end());
      } else if (words.size() == 2 && words[0] == "named") {
        table->named = words[1];
      } else if (words.size() == 2 && words[0] == "function") {
        table->function_name = words[1];
      } else if (words.size() == 3 && words[0] == "referred") {
        table->natural_key = words[1];
        table->reference_name = words[2];
      } else {
        line.fail("no mark {", mark, "} for a root");
      }
    }
    bind(*root, table);
    add_children(line, Place{root, table, "", "", false, {root}});
  }

  Table* new_table(const Line& line, std::string_view name) {
    if (name.empty() || name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") != std::string::npos)
      line.fail("a table's name is lower case with underscores, not \"", name, "\"");
    auto table = std::make_unique<Table>();
    table->name = name;
    Table* out = table.get();
    catalog_.tables_.push_back(std::move(table));
    if (!catalog_.by_name_.emplace(out->name, out).second) line.fail("table ", name, " is there already");
    return out;
  }

  void bind(Element& element, Table* table) {
    element.table = table;
    table->elements.push_back(&element);
    if (element.many) table->one_per_owner = false;
    element_names_[table].insert(element.name);
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
        line.fail("`resource` stands below a `rows` line");
    } else if (line.what.starts_with("^")) {
      Line inner = line;
      inner.what = line.what.substr(1);
      Place resource_place = place;
      resource_place.in_resource = place.table->resource != nullptr;
      add_line(inner, resource_place);
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

  void add_attribute(const Line& line, const Place& place) {
    Attribute attribute;
    for (const std::string_view part : split(line.what.substr(1), ',')) {
      const std::size_t colon = part.rfind(':');
      if (attribute.name.empty()) {
        attribute.name = part;
      } else if (colon == std::string::npos) {
        line.fail("alternatives are written @name,other:TYPE");
      } else {
        attribute.spellings.push_back({std::string(part.substr(0, colon)), std::string(part.substr(colon + 1))});
      }
    }
    if (line.words.empty()) line.fail("an attribute needs a type");
    for (const Attribute& other : place.element->attributes)
      if (other.name == attribute.name) line.fail("@", attribute.name, " is there already in ", place.element->path);
    attribute.column = add_column(line, place, place.relative_path + "@" + attribute.name,
                                  place.prefix + snake_case(attribute.name) + "_");
    place.element->attributes.push_back(std::move(attribute));
  }

  // `name` ends in an underscore where it is a path's default name.
  const Column* add_column(const Line& line, const Place& place, const std::string& relative_path, std::string name) {
    if (!name.empty()) name.pop_back();
    if (line.words.size() == 2) name = line.words[0];
    if (name.empty()) line.fail("text() of a row needs a column name");
    const Type* type = find_type(line.words.back());
    if (!type) line.fail("no type ", line.words.back());
    if (line.rest.empty()) line.fail("column ", name, " needs a meaning");

    Table* table = place.in_resource ? place.table->resource : place.table;
    for (const auto& column : table->columns) {
      if (column->name != name) continue;
      if (column->relative_path == relative_path) return column.get();  // the same table for another element
      line.fail("column ", table->name, ".", name, " is there already, for ", column->relative_path);
    }
    auto column = std::make_unique<Column>();
    column->name = name;
    column->type = *type;
    column->relative_path = relative_path;
    column->xml_path = place.rows.back()->path + "/" + relative_path;
    column->doc = line.rest;
    column->table = table;
    column->slot = place.table->slots++;
    for (const std::string_view mark : line.marks) {
      if (mark == "key")
        column->key = true;
      else if (mark.starts_with("key ")) {
        column->key = true;
        for (const std::string_view with : split(mark.substr(4), ' ')) column->key_with.emplace_back(with);
      } else if (mark == "hint")
        hints_.push_back({place.table, {column.get()}});
      else if (mark == "added")
        column->added = true;
      else if (mark == "actual")
        column->actual = true;
      else if (mark == "own")
        column->own = true;
      else if (const std::vector<std::string_view> words = split(mark, ' '); words.size() == 3 && words[0] == "becomes")
        column->becomes.emplace_back(words[1], words[2]);
      else if (words.size() == 3 && words[0] == "member")
        members_.push_back({table, column.get(), std::string(words[1]), std::string(words[2])});
      else if (mark == "unique")
        column->unique = true;
      else if (mark == "index")
        column->index = true;
      else if (mark == "secret")
        column->secret = true;
      else if (mark.starts_with("live"))
        column->live = parse_live(line, mark);
      else
        line.fail("no mark {", mark, "} for a column");
    }
    table->columns.push_back(std::move(column));
    const Column* out = table->columns.back().get();
    if (out->type == Type::kKib) add_bytes(table, *out, nullptr);
    if (out->type == Type::kSize) sizes_.push_back({table, out, place.element});
    return out;
  }

  static void add_computed(Table* table, Computed computed) {
    if (table->find_computed(computed.name)) return;  // the same table for another element
    computed.table = table;
    table->computed.push_back(std::move(computed));
  }

  static void add_bytes(Table* table, const Column& column, const Column* unit) {
    Computed bytes;
    bytes.name = column.name + "_bytes";
    bytes.parts.push_back({"", &column});
    if (unit) bytes.parts.push_back({"unit", unit});
    bytes.doc = column.name + " in bytes.";
    bytes.xml_path = column.xml_path;
    add_computed(table, std::move(bytes));
  }

  void add_element(const Line& line, const Place& place) {
    auto owned = std::make_unique<Element>();
    Element& element = *owned;
    std::string name(line.what);
    if (const std::size_t bracket = name.find('['); bracket != std::string::npos) {
      std::string condition = name.substr(bracket);
      name.resize(bracket);
      const std::size_t equals = condition.find('=');
      if (condition.size() < 5 || condition[1] != '@' || condition.back() != ']' || equals == std::string::npos)
        line.fail("a condition is written [@attribute=value] or [@attribute!=value]");
      element.condition_negated = condition[equals - 1] == '!';
      element.condition_attribute = condition.substr(2, equals - 2 - (element.condition_negated ? 1 : 0));
      element.condition_value = condition.substr(equals + 1, condition.size() - equals - 2);
    }
    if (const std::size_t hash = name.find('#'); hash != std::string::npos) {
      element.occurrence = static_cast<std::size_t>(std::stoul(name.substr(hash + 1)));
      name.resize(hash);
    }
    element.any_name = name == "*";
    element.name = name;
    element.path = place.element->path + "/" + name;
    element.token = line.what;
    element.doc = line.rest;
    element.parent = place.element;
    for (const auto& other : place.element->children) {
      if (other->name == name && other->occurrence == element.occurrence &&
          other->condition_value == element.condition_value && other->condition_negated == element.condition_negated)
        line.fail("<", name, "> is there already in ", place.element->path);
    }
    place.element->children.push_back(std::move(owned));
    if (place.element->children.size() > kMaxChildren)
      line.fail("more than ", std::to_string(kMaxChildren), " children");

    const std::string step = element.occurrence > 1 ? name + std::to_string(element.occurrence) : name;
    Place inner = place;
    inner.element = &element;
    inner.relative_path = place.relative_path + std::string(element.occurrence > 1 ? line.what : name) + "/";
    inner.prefix = place.prefix + snake_case(step) + "_";
    element.relative_path = inner.relative_path.substr(0, inner.relative_path.size() - 1);

    const std::string_view kind = line.words.empty()                                    ? ""
                                  : (line.words[0] == "row" || line.words[0] == "rows") ? line.words[0]
                                                                                        : line.words.back();
    if (kind == "row" || kind == "rows") {
      add_row(line, place, element, kind == "rows");
      return;
    }
    if (kind.empty() || kind == "as_json") {
      for (const std::string_view mark : line.marks) {
        if (mark.starts_with("live"))
          element.live = parse_live(line, mark);
        else if (mark == "devices")
          element.holds_devices = true;
        else if (mark == "added")
          element.added = true;
        else if (mark == "hint")
          hint_containers_.emplace_back(place.table, &element);
        else if (!mark.starts_with("pci "))
          line.fail("no mark {", mark, "} for a container");
      }
      if (kind.empty() && !line.rest.empty() && line.children.empty())
        line.fail("<", name, "> has neither a kind nor children");
    } else if (kind == "flag") {
      element.flag = add_column(line, place, inner.relative_path, inner.prefix);
      element.live = element.flag->live;
    } else if (kind == "json") {
      element.json = add_column(line, place, inner.relative_path, inner.prefix);
      element.live = element.json->live;
    } else {
      element.text = add_column(line, place, inner.relative_path + "text()", inner.prefix);
      if (element.text->type == Type::kSize) sizes_.back().element = &element;  // the unit is its own attribute
    }
    add_children(line, inner);
    if (kind == "as_json") {
      const std::string json_name = line.words.size() == 2 ? std::string(line.words[0]) : inner.prefix + "json";
      groups_.push_back(
          {place.in_resource ? place.table->resource : place.table, &element, json_name, std::string(line.rest)});
    }
    for (const std::string_view mark : line.marks)
      if (mark.starts_with("pci "))
        pcis_.push_back(
            {place.in_resource ? place.table->resource : place.table, &element, std::string(mark.substr(4)), ""});
  }

  void add_row(const Line& line, const Place& place, Element& element, bool many) {
    element.many = many;
    element.relative_path.clear();
    for (const std::string_view mark : line.marks) {
      if (mark.starts_with("live"))
        element.live = parse_live(line, mark);
      else if (mark == "added")
        element.added = true;
      else if (!mark.starts_with("ordinal ") && !mark.starts_with("pci "))
        line.fail("no mark {", mark, "} for a table");
    }
    Table* owner = place.in_resource ? place.table->resource : place.table;
    element.of_resource = place.in_resource;
    std::string table_name(line.words[1]);
    if (table_name.starts_with("_")) table_name = singular(owner->name) + table_name;

    Table* table = nullptr;
    if (const auto found = catalog_.by_name_.find(table_name); found != catalog_.by_name_.end()) {
      table = found->second;
      const bool nested =
          std::any_of(place.rows.begin(), place.rows.end(), [&](const Element* row) { return row->table == table; });
      if (!nested && table->owner != owner)
        line.fail("table ", table_name, " belongs to ", (table->owner ? table->owner->name : "no table"));
      if (nested) table->recursive = true;
      if (nested) table->one_per_owner = false;
    }
    Element& enclosing_row = *place.rows.back();
    element.child_slot = enclosing_row.row_elements.size();
    enclosing_row.row_elements.push_back(&element);
    for (const Element* enclosing : place.rows) {
      if (enclosing->table == table && enclosing->name == element.name) {
        element.recursion = enclosing;
        element.table = table;
        return;
      }
    }
    if (!table) {
      table = new_table(line, table_name);
      table->doc = line.rest;
      table->owner = owner;
      owner->child_tables.push_back(table);
      table->owner_key = owner->is_root() ? owner->reference_name : singular(owner->name) + "_id";
      for (const std::string_view mark : line.marks)
        if (mark.starts_with("ordinal "))
          table->ordinal = mark.substr(8);
        else if (mark.starts_with("pci "))
          pcis_.push_back({table, &element, std::string(mark.substr(4)), ""});
      for (const Line& child : line.children)
        if (child.what == "resource" && child.words.size() == 1) add_resource(child, *table);
    }
    bind(element, table);
    Place inner{&element, table, "", "", false, place.rows};
    inner.rows.push_back(&element);
    if (element.any_name) {
      add_whole(line, inner);
    } else {
      add_children(line, inner);
    }
  }

  // The columns of a `*` row: all of the element, and, computed, what it is.
  void add_whole(const Line& line, const Place& place) {
    Line column = line;
    column.marks.clear();
    column.words = {"value_json", "json"};
    column.rest = R"(The element with everything in it, as lossless JSON: {"name": content}.)";
    place.element->json = add_column(column, place, ".", "value_json_");
    Computed name;
    name.name = "name";
    name.kind = Computed::Kind::kElementName;
    name.parts.push_back({"", place.element->json});
    name.doc = "Qualified name of the element.";
    add_computed(place.table, std::move(name));
    Computed uri;
    uri.name = "namespace";
    uri.kind = Computed::Kind::kElementNamespace;
    uri.parts.push_back({"", place.element->json});
    uri.doc = "Its XML namespace, where the element itself declares it.";
    add_computed(place.table, std::move(uri));
  }

  void add_resource(const Line& line, Table& attachment) {
    if (line.words.size() != 1) line.fail("write: resource TABLE  {host}  {key ...}  Meaning.");
    Table* resource = new_table(line, line.words[0]);
    resource->doc = line.rest;
    resource->attachment = &attachment;
    attachment.resource = resource;
    attachment.resource_key = singular(resource->name) + "_id";
    for (const std::string_view mark : line.marks) {
      if (mark == "host") {
        resource->host_scoped = true;
      } else if (mark.starts_with("key ")) {
        for (const std::string_view key : split(mark.substr(4), ' '))
          if (!key.empty()) resource->share_keys.emplace_back(key);
      } else {
        line.fail("no mark {", mark, "} for a resource");
      }
    }
  }

  // The column of the attribute in the element or the nearest enclosing one of the same row.
  static const Column* nearest_attribute(const Element* element, std::string_view name) {
    for (; element; element = element->parent) {
      for (const Attribute& attribute : element->attributes)
        if (attribute.name == name) return attribute.column;
      if (element->table) return nullptr;
    }
    return nullptr;
  }

  void resolve_rule(const Element& at, LiveRule& rule) {
    if (rule.when != LiveRule::When::kIfAttribute || rule.attribute_column) return;
    rule.attribute_column = nearest_attribute(&at, rule.attribute);
    if (!rule.attribute_column)
      throw CatalogError(at.path + ": {live if @" + rule.attribute +
                         "=...}: there is no such attribute in it or around it");
  }

  void resolve_column(const Element& at, const Column* column) {
    if (column) resolve_rule(at, const_cast<Column*>(column)->live);
  }

  // Resolves what an element refers to, and counts the slots below it.
  void resolve(Element& element) {
    if (!element.recursion) {
      resolve_rule(element, element.live);
      auto first = static_cast<std::size_t>(-1);
      std::size_t end = 0;
      auto first_child = static_cast<std::size_t>(-1);
      std::size_t end_child = 0;
      if (!element.table && element.parent && element.parent->added && !element.parent->table) element.added = true;
      const auto cover = [&](const Column* column) {
        if (!column) return;
        if (element.added && !element.table) const_cast<Column*>(column)->added = true;
        resolve_column(element, column);
        first = std::min(first, column->slot);
        end = std::max(end, column->slot + 1);
      };
      cover(element.text);
      cover(element.flag);
      cover(element.json);
      for (Attribute& attribute : element.attributes) {
        cover(attribute.column);
        if (attribute.spellings.empty()) continue;
        // The @type around the element says what it is; its own (the address family of some sources) says something
        // else.
        if (element.parent && !element.table) attribute.spelled_after = nearest_attribute(element.parent, "type");
        if (!attribute.spelled_after) attribute.spelled_after = nearest_attribute(&element, "type");
        if (!attribute.spelled_after)
          throw CatalogError(element.path + "/@" + attribute.name + ": no @type around it decides its spelling");
      }
      for (const auto& child : element.children) {
        resolve(*child);
        if (child->table) {
          first_child = std::min(first_child, child->child_slot);
          end_child = std::max(end_child, child->child_slot + 1);
        } else {
          first = std::min(first, child->first_slot);
          end = std::max(end, child->end_slot);
          first_child = std::min(first_child, child->first_child_slot);
          end_child = std::max(end_child, child->end_child_slot);
        }
      }
      element.first_slot = std::min(first, end);
      element.end_slot = end;
      element.first_child_slot = std::min(first_child, end_child);
      element.end_child_slot = end_child;
    }
  }

  // What tells rows apart: {key} columns in their order, then hints.
  void find_identities(Table& table) {
    for (const Table* part : {static_cast<const Table*>(&table), static_cast<const Table*>(table.resource)}) {
      if (!part) continue;
      for (const auto& column : part->columns) {
        if (!column->key) continue;
        Identity identity{{column.get()}, true};
        for (const std::string& name : column->key_with) {
          const Column* with = table.find(name);
          if (!with && table.resource) with = table.resource->find(name);
          if (!with)
            throw CatalogError(column->xml_path + ": {key " + name + "}: " + table.name + " has no such column");
          identity.columns.push_back(with);
        }
        table.identities.push_back(std::move(identity));
      }
    }
    for (const auto& [owner, columns] : hints_)
      if (owner == &table) table.identities.push_back({columns, false});
    for (const auto& [owner, element] : hint_containers_) {
      if (owner != &table) continue;
      Identity identity{{}, false};
      for (const Attribute& attribute : element->attributes) identity.columns.push_back(attribute.column);
      table.identities.push_back(std::move(identity));
    }
  }

  void finish() {
    for (const auto& root : catalog_.roots_) resolve(*root);
    for (const auto& table : catalog_.tables_) {
      Table& row = table->attachment ? *table->attachment : *table;
      for (const auto& column : table->columns) row.row_columns.push_back(column.get());
    }
    for (const auto& table : catalog_.tables_)
      std::sort(table->row_columns.begin(), table->row_columns.end(),
                [](const Column* a, const Column* b) { return a->slot < b->slot; });
    for (const auto& table : catalog_.tables_)
      if (!table->attachment) find_identities(*table);
    for (const auto& [table, column, element] : sizes_) {
      for (const Attribute& attribute : element->attributes) {
        if (attribute.name != "unit") continue;
        const_cast<Column*>(column)->unit = attribute.column;
        const_cast<Column*>(attribute.column)->size = column;
      }
      add_bytes(table, *column, column->unit);
    }
    for (const Group& group : groups_) add_json(group);
    for (const Member& member : members_) {
      Computed computed;
      computed.name = member.name;
      computed.kind = Computed::Kind::kMember;
      computed.parts.push_back({member.member, member.column});
      computed.doc = "The " + member.member + " in " + member.column->name + ".";
      computed.xml_path = member.column->xml_path;
      add_computed(member.table, std::move(computed));
    }
    for (const Group& pci : pcis_) add_pci_address(pci);
    for (const auto& table : catalog_.tables_) {
      table->distinct_elements = element_names_[table.get()].size();
    }
    for (const auto& table : catalog_.tables_) {
      if (table->attachment) continue;  // with its attachment
      if (table->resource) catalog_.order_.push_back(table->resource);
      catalog_.order_.push_back(table.get());
      if (!table->owner || table->owner->owner) continue;
      for (const Element* element : table->elements)
        if (element->parent && element->parent->holds_devices)
          table->device_type = singular(table->resource ? table->resource->name : table->name);
    }
    // A resource's child tables were created after it but may precede it in tables_.
    std::stable_sort(catalog_.order_.begin(), catalog_.order_.end(),
                     [](const Table* a, const Table* b) { return depth(a) < depth(b); });
    for (const auto& table : catalog_.tables_)
      if (table->attachment) table->slots = table->attachment->slots;
  }

  // The column of an `as_json` element: an object of its attributes or, if it is the first of numbered ones (boot#1),
  // an array of what they all have.
  static void add_json(const Group& group) {
    Computed json;
    json.name = group.name;
    json.kind = group.element->occurrence ? Computed::Kind::kJsonArray : Computed::Kind::kJsonObject;
    json.doc = group.doc;
    json.xml_path = group.element->path;
    const auto add_parts = [&](const Element& element) {
      for (const Attribute& attribute : element.attributes)
        if (attribute.column->table == group.table) json.parts.push_back({attribute.name, attribute.column});
    };
    if (group.element->occurrence) {
      for (const auto& sibling : group.element->parent->children)
        if (sibling->name == group.element->name) add_parts(*sibling);
    } else {
      add_parts(*group.element);
    }
    if (json.parts.empty())
      throw CatalogError(group.element->path + ": as_json, and no attribute in " + group.table->name);
    if (json.doc.empty()) json.doc = "The attributes of <" + group.element->name + "> as one JSON object.";
    add_computed(group.table, std::move(json));
  }

  // The column of the element's attribute or child of the name, or nullptr.
  static const Column* part_column(const Element& element, std::string_view name) {
    for (const Attribute& attribute : element.attributes)
      if (attribute.name == name) return attribute.column;
    for (const auto& child : element.children)
      if (child->name == name && child->text) return child->text;
    return nullptr;
  }

  static void add_pci_address(const Group& pci) {
    Computed address;
    address.name = pci.name;
    address.kind = Computed::Kind::kPciAddress;
    address.doc = "The PCI address as lspci writes it: 0000:00:03.0.";
    address.xml_path = pci.element->path;
    for (const char* name : {"domain", "bus", "slot", "function", "type"})
      if (const Column* column = part_column(*pci.element, name)) address.parts.push_back({name, column});
    // Without a type of its own, as libvirt writes a host device's, the address is of the kind that its device is of.
    const Column* type = part_column(*pci.element, "type");
    const Column* around = type ? nearest_attribute(pci.element->parent, "type") : nullptr;
    if (around && around->table == pci.table) address.parts.push_back({"type", around});
    add_computed(pci.table, std::move(address));
  }

  static int depth(const Table* table) {
    int out = 0;
    for (; table->owner; table = table->owner) ++out;
    return table->attachment ? out + depth(table->attachment) : out * 2;
  }

  Catalog& catalog_;
  std::map<std::string_view, const Line*> structs_;
  std::set<std::string_view> used_structs_;
  std::map<const Table*, std::set<std::string_view>> element_names_;
  std::vector<Size> sizes_;
  std::vector<Group> groups_;
  std::vector<Group> pcis_;
  std::vector<Member> members_;
  std::vector<std::pair<const Table*, std::vector<const Column*>>> hints_;
  std::vector<std::pair<const Table*, const Element*>> hint_containers_;
  int use_depth_ = 0;
};

std::string_view type_name(Type type) {
  for (const auto& [name, value] : kTypes)
    if (value == type) return name;
  return "text";
}

bool is_numeric(Type type) {
  switch (type) {
    case Type::kInteger:
    case Type::kNumber:
    case Type::kFlag:
    case Type::kSize:
    case Type::kBytes:
    case Type::kKib:
      return true;
    default:
      return false;
  }
}

const Column* Table::find(std::string_view column_name) const {
  for (const auto& column : columns)
    if (column->name == column_name) return column.get();
  return nullptr;
}

const Computed* Table::find_computed(std::string_view column_name) const {
  for (const Computed& column : computed)
    if (column.name == column_name) return &column;
  return nullptr;
}

std::string singular(std::string_view plural) {
  const auto strip = [&](std::string_view ending, std::string_view with) {
    return std::string(plural.substr(0, plural.size() - ending.size())).append(with);
  };
  if (plural.ends_with("indices")) return strip("ices", "ex");
  if (plural.ends_with("entries") || plural.ends_with("ries") || plural.ends_with("cies") || plural.ends_with("ties"))
    return strip("ies", "y");
  for (std::string_view ending : {"sses", "xes", "ches", "shes"})
    if (plural.ends_with(ending)) return strip("es", "");
  if (plural.ends_with("ss")) return std::string(plural);
  if (plural.ends_with("s")) return strip("s", "");
  return std::string(plural);
}

Catalog::Catalog(std::vector<File> files, Built) : files_(std::move(files)) { CatalogBuilder(*this).build(files_); }

Catalog::Catalog(std::vector<File> files) : Catalog(std::move(files), Built()) {
  for (const auto& table : tables_) check_names(*table);
}

const Catalog& Catalog::standard() {
  // Its names were checked when it was built in, by the tests. Never destroyed: a program that ends has better to do.
  static const Catalog* const catalog = [] {
    std::vector<File> files;
    for (const CatalogText& text : kCatalogTexts) files.push_back({std::string(text.name), std::string(text.text)});
    return new Catalog(std::move(files), Built());
  }();
  return *catalog;
}

const Element& Catalog::root(std::string_view name) const {
  for (const auto& element : roots_)
    if (element->name == name) return *element;
  throw CatalogError("the catalog has no root <" + std::string(name) + ">");
}

const Table* Catalog::find_table(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

}  // namespace virtsql
