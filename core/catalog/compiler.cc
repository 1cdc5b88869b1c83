// virtsql-catalog-compiler: writes the catalog as C++ that needs no work when a program starts.
//
//   virtsql-catalog-compiler DIR OUTPUT
//
// The output has an array of all columns, one of all elements and one of all tables, arrays for the lists that these
// have, and Catalog::standard(). Everything is constinit or constexpr, so the C++ compiler refuses what would need code
// when the program is loaded.
#include <algorithm>
#include <concepts>
#include <cstdint>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "core/catalog/builder.h"
#include "core/catalog/mark_fields.h"

namespace virtsql {
namespace {

std::string literal(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

template <typename Enum>
std::string enumerator(const std::string& type, Enum value) {
  return "static_cast<" + type + ">(" + std::to_string(static_cast<int>(value)) + ")";
}

// The fields of an initializer. One that has its default value is left out.
class Fields {
 public:
  void add(const char* name, const std::string& value) {
    if (!value.empty()) text_ += std::string(text_.empty() ? "." : ", .") + name + " = " + value;
  }
  void add(const char* name, const Name& text) {
    if (text.data()) add(name, "{" + literal(text) + ", " + std::to_string(text.size()) + "}");
  }
  void add(const char* name, bool value) {
    if (value) add(name, std::string("true"));
  }
  template <std::integral Number>
  void add(const char* name, Number value) {
    if (value) add(name, std::to_string(value));
  }
  bool empty() const { return text_.empty(); }
  std::string text() const { return "{" + text_ + "}"; }

 private:
  std::string text_;
};

class CatalogWriter {
 public:
  explicit CatalogWriter(const Catalog& catalog) : catalog_(catalog) {
    for (const Element* root : catalog.roots()) number(*root);
    for (const Table* table : catalog.tables()) {
      tables_.emplace(table, tables_.size());
      for (const Column* column : table->columns) columns_.emplace(column, columns_.size());
    }
  }

  std::string text() {
    std::string columns;
    for (const Table* table : catalog_.tables())
      for (const Column* column : table->columns) columns += "    " + text(*column) + ",\n";
    std::string elements;
    for (const Element* element : element_order_) elements += "    " + text(*element) + ",\n";
    std::string tables;
    for (const Table* table : catalog_.tables()) tables += "    " + text(*table) + ",\n";
    const std::string roots = pointers(catalog_.roots(), "Element");
    const std::string order = pointers(catalog_.tables(), "Table");
    const std::string by_name = pointers(sorted(), "Table");
    return R"(// Made by virtsql-catalog-compiler from core/catalog/*.catalog.
#include "core/catalog/catalog.h"

namespace virtsql {
namespace {

extern )" + array("Column", columns_.size()) +
           ";\nextern " + array("Element", element_order_.size()) + ";\nextern " + array("Table", tables_.size()) +
           ";\n\n" + lists_ + "\nconstinit " + array("Column", columns_.size()) + " = {\n" + columns +
           "};\n\nconstinit " + array("Element", element_order_.size()) + " = {\n" + elements + "};\n\nconstinit " +
           array("Table", tables_.size()) + " = {\n" + tables + "};\n\nconstinit const Catalog kStandard(" + roots +
           ", " + order + ", " + by_name + R"();

}  // namespace

const Catalog& Catalog::standard() { return kStandard; }

}  // namespace virtsql
)";
  }

 private:
  static std::string array(const std::string& type, std::size_t size) {
    return "const " + type + " k" + type + "s[" + std::to_string(size) + "]";
  }

  void number(const Element& element) {
    elements_.emplace(&element, elements_.size());
    element_order_.push_back(&element);
    for (const Element* child : element.children) number(*child);
  }

  std::vector<const Table*> sorted() const {
    std::vector<const Table*> out(catalog_.tables().begin(), catalog_.tables().end());
    std::sort(out.begin(), out.end(), [](const Table* a, const Table* b) { return a->name < b->name; });
    return out;
  }

  std::string pointer(const Column* column) const { return pointer("Column", columns_, column); }
  std::string pointer(const Element* element) const { return pointer("Element", elements_, element); }
  std::string pointer(const Table* table) const { return pointer("Table", tables_, table); }

  template <typename T>
  static std::string pointer(const char* type, const std::map<const T*, std::size_t>& numbers, const T* thing) {
    return thing ? "&k" + std::string(type) + "s[" + std::to_string(numbers.at(thing)) + "]" : "";
  }

  // Returns the name of an array with the items; empty if there are none. Equal arrays are written once.
  std::string list(const std::string& type, const std::string& items) {
    if (items.empty()) return "";
    const auto [at, added] = known_lists_.emplace(type + "\n" + items, "kList" + std::to_string(known_lists_.size()));
    if (added) lists_ += "constexpr " + type + " " + at->second + "[] = {" + items + "};\n";
    return at->second;
  }

  template <typename List>
  std::string pointers(const List& things, const std::string& type) {
    std::string items;
    for (const auto* thing : things) items += (items.empty() ? "" : ", ") + pointer(thing);
    return list("const " + type + "*", items);
  }

  template <typename T, typename Text>
  std::string structures(const std::string& type, std::span<const T> all, const Text& text_of) {
    std::string items;
    for (const T& one : all) items += (items.empty() ? "" : ", ") + text_of(one);
    return list(type, items);
  }

  // The text of a field of a column's marks; empty if there is nothing to say.
  std::string text(const Column* column) const { return pointer(column); }

  std::string text(std::optional<Digits> base) const { return base ? enumerator("Digits", *base) : ""; }

  std::string text(ReadAs reading) const { return reading == ReadAs::kText ? "" : enumerator("ReadAs", reading); }

  std::string text(std::span<const Name> names) {
    return structures("Name", names, [](const Name& name) { return literal(name); });
  }

  std::string text(std::span<const Condition> conditions) {
    return structures("Condition", conditions, [&](const Condition& condition) {
      Fields out;
      out.add("test", enumerator("Condition::Test", condition.test));
      out.add("attribute", condition.attribute);
      out.add("column", pointer(condition.column));
      out.add("child", pointer(condition.child));
      out.add("of", enumerator("Condition::Of", condition.of));
      out.add("value", condition.value);
      out.add("inserted_attribute", condition.inserted_attribute);
      out.add("inserted", pointer(condition.inserted));
      return out.text();
    });
  }

  std::string text(const LiveRule& rule) {
    Fields out;
    if (rule.when == LiveRule::When::kNever) return "";
    out.add("when", enumerator("LiveRule::When", rule.when));
    out.add("pattern", rule.pattern);
    out.add("conditions", text(rule.conditions));
    out.add("found", rule.found);
    return out.text();
  }

  std::string text(std::span<const OwnRule> rules) {
    return structures("OwnRule", rules, [&](const OwnRule& rule) {
      Fields out;
      out.add("gives", enumerator("OwnRule::Gives", rule.gives));
      out.add("value", rule.value);
      out.add("conditions", text(rule.conditions));
      return out.text();
    });
  }

  std::string text(std::span<const Replacement> replacements) {
    return structures("Replacement", replacements, [&](const Replacement& replacement) {
      return "{" + literal(replacement.value) + ", " + text(replacement.conditions) + "}";
    });
  }

  std::string text(std::span<const Filling> fillings) {
    return structures("Filling", fillings, [&](const Filling& filling) {
      return "{" + literal(filling.value) + ", " + (filling.like_name.data() ? literal(filling.like_name) : "{}") +
             ", " + (filling.like ? pointer(filling.like) : "nullptr") + ", " + text(filling.conditions) + "}";
    });
  }

  std::string text(std::span<const Becoming> becomes) {
    return structures("Becoming", becomes, [&](const Becoming& becoming) {
      return "{" + literal(becoming.from) + ", " + literal(becoming.to) +
             (becoming.at_start ? ", true, " : ", false, ") + text(becoming.conditions) + "}";
    });
  }

  std::string text(std::span<const Dropping> dropped) {
    return structures("Dropping", dropped, [&](const Dropping& dropping) {
      return "{" + literal(dropping.value) + ", " + text(dropping.conditions) + "}";
    });
  }

  // Returns the name of an array of one: the marks. Empty if there are none. As an array, equal marks are written once.
  std::string marks(const ColumnMarks& marks) {
    Fields out;
    for_each_field(marks, [&]<typename T>(const char* name, const T& value, const T& preset) {
      if constexpr (std::is_same_v<T, std::int64_t>) {
        if (value != preset) out.add(name, std::to_string(value));
      } else if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, Name>) {
        out.add(name, value);
      } else {
        out.add(name, text(value));
      }
    });
    return out.empty() ? "" : list("ColumnMarks", out.text());
  }

  std::string text(const Column& column) {
    Fields out;
    out.add("name", column.name);
    out.add("type", enumerator("Type", column.type));
    out.add("key", column.key);
    out.add("unique", column.unique);
    out.add("index", column.index);
    out.add("xml_path", column.xml_path);
    out.add("relative_path", column.relative_path);
    out.add("doc", column.doc);
    out.add("marks", marks(*column.marks));
    out.add("unit", pointer(column.unit));
    out.add("size", pointer(column.size));
    out.add("table", pointer(column.table));
    out.add("slot", column.slot);
    return out.text();
  }

  std::string text(const Attribute& attribute) {
    Fields out;
    out.add("name", attribute.name);
    out.add("spellings", structures("Attribute::Spelling", attribute.spellings, [](const Attribute::Spelling& other) {
              return "{" + literal(other.name) + ", " + literal(other.when_type) + "}";
            }));
    out.add("spelled_after", pointer(attribute.spelled_after));
    out.add("column", pointer(attribute.column));
    return out.text();
  }

  std::string marks(const ElementMarks& marks) {
    Fields out;
    out.add("live", text(marks.live));
    out.add("added", marks.added);
    out.add("started", marks.started);
    out.add("dropped", marks.dropped);
    out.add("additions", structures("Addition", marks.additions,
                                    [&](const Addition& addition) { return "{" + text(addition.conditions) + "}"; }));
    out.add("started_if", text(marks.started_if));
    out.add("dropped_if", text(marks.dropped_if));
    out.add("own", text(marks.own));
    out.add("secret_attributes", text(marks.secret_attributes));
    out.add("secret_children", text(marks.secret_children));
    return out.empty() ? "" : list("ElementMarks", out.text());
  }

  std::string text(const Element& element) {
    Fields out;
    out.add("name", element.name);
    out.add("occurrence", element.occurrence);
    out.add("condition_attribute", element.condition_attribute);
    out.add("condition_value", element.condition_value);
    out.add("condition_negated", element.condition_negated);
    out.add("path", element.path);
    out.add("relative_path", element.relative_path);
    out.add("token", element.token);
    out.add("label", element.label);
    out.add("marks", marks(*element.marks));
    out.add("unordered", element.unordered);
    out.add("holds_devices", element.holds_devices);
    out.add("spaced", element.spaced);
    out.add("declaration", pointer(element.declaration));
    out.add("parent", pointer(element.parent));
    out.add("attributes", structures("Attribute", element.attributes, [&](const Attribute& one) { return text(one); }));
    out.add("children", pointers(element.children, "Element"));
    out.add("text", pointer(element.text));
    out.add("flag", pointer(element.flag));
    out.add("json", pointer(element.json));
    out.add("table", pointer(element.table));
    out.add("ordered", element.ordered);
    out.add("many", element.many);
    out.add("any_name", element.any_name);
    out.add("of_resource", element.of_resource);
    out.add("child_slot", element.child_slot);
    out.add("row_elements", pointers(element.row_elements, "Element"));
    out.add("foreign", pointers(element.foreign, "Column"));
    out.add("recursion", pointer(element.recursion));
    out.add("first_slot", element.first_slot);
    out.add("end_slot", element.end_slot);
    out.add("first_child_slot", element.first_child_slot);
    out.add("end_child_slot", element.end_child_slot);
    return out.text();
  }

  std::string text(const Computed& computed) {
    Fields out;
    out.add("name", computed.name);
    out.add("kind", enumerator("Computed::Kind", computed.kind));
    out.add("parts", structures("Computed::Part", computed.parts, [&](const Computed::Part& part) {
              return "{" + literal(part.name) + ", " + pointer(part.column) + "}";
            }));
    out.add("default_unit", std::to_string(computed.default_unit));
    out.add("doc", computed.doc);
    out.add("xml_path", computed.xml_path);
    out.add("table", pointer(computed.table));
    return out.text();
  }

  std::string text(const Related& related) {
    Fields out;
    out.add("name", related.name);
    out.add("doc", related.doc);
    out.add("rows", pointer(related.rows));
    out.add("value", pointer(related.value));
    out.add("same", pointer(related.same));
    return out.text();
  }

  std::string text(const Identity& identity) {
    Fields out;
    out.add("columns", pointers(identity.columns, "Column"));
    if (!identity.certain) out.add("certain", std::string("false"));
    return out.text();
  }

  std::string text(const Table& table) {
    Fields out;
    out.add("name", table.name);
    out.add("doc", table.doc);
    out.add("columns", pointers(table.columns, "Column"));
    out.add("computed", structures("Computed", table.computed, [&](const Computed& one) { return text(one); }));
    out.add("related", structures("Related", table.related, [&](const Related& one) { return text(one); }));
    out.add("owner", pointer(table.owner));
    out.add("owner_key", table.owner_key);
    if (!table.one_per_owner) out.add("one_per_owner", std::string("false"));
    out.add("recursive", table.recursive);
    out.add("natural_key", table.natural_key);
    out.add("reference_name", table.reference_name);
    out.add("name_column", table.name_column);
    out.add("function_name", table.function_name);
    out.add("identity", text(table.identity));
    out.add("files", table.files);
    out.add("ordinal", table.ordinal);
    out.add("usual", table.usual);
    out.add("single", table.single);
    out.add("bit", table.bit);
    out.add("identities", structures("Identity", table.identities, [&](const Identity& one) { return text(one); }));
    out.add("resource", pointer(table.resource));
    out.add("attachment", pointer(table.attachment));
    out.add("resource_key", table.resource_key);
    out.add("host_scoped", table.host_scoped);
    out.add("share_keys", text(table.share_keys));
    out.add("elements", pointers(table.elements, "Element"));
    out.add("child_tables", pointers(table.child_tables, "Table"));
    out.add("slots", table.slots);
    out.add("row_columns", pointers(table.row_columns, "Column"));
    out.add("label_count", table.label_count);
    out.add("device_type", table.device_type);
    return out.text();
  }

  const Catalog& catalog_;
  std::map<const Element*, std::size_t> elements_;
  std::vector<const Element*> element_order_;
  std::map<const Table*, std::size_t> tables_;
  std::map<const Column*, std::size_t> columns_;
  std::map<std::string, std::string> known_lists_;
  std::string lists_;
};

}  // namespace
}  // namespace virtsql

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: virtsql-catalog-compiler DIR OUTPUT\n";
    return 2;
  }
  try {
    const virtsql::BuiltCatalog catalog(virtsql::read_catalog_files(argv[1]));
    std::ofstream out(argv[2]);
    out << virtsql::CatalogWriter(catalog).text();
    out.close();
    if (!out) throw virtsql::CatalogError(std::string("cannot write ") + argv[2]);
    return 0;
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
