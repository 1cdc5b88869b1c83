#include "hook/fleet/withheld.h"

#include <algorithm>
#include <charconv>
#include <span>
#include <utility>

#include "core/base/sql_error.h"
#include "core/base/sql_quote.h"
#include "core/spool/redact.h"
#include "core/xml/json.h"
#include "core/xml/writer.h"
#include "core/xml/xml.h"
#include "hook/fleet/json_row.h"

namespace virtsql {
namespace {

constexpr char kMark = '@';
// SQLite allows a function 127 arguments.
constexpr std::size_t kMostPaths = 100;
// The name of an element that may have any (`*`).
constexpr std::string_view kAnyName = "virtsql-any";

// Returns a document in which the content stands in the elements.
std::string document_with(std::span<const std::string> elements, std::string_view content) {
  std::string out;
  for (const std::string& name : elements) out += "<" + name + ">";
  out += content;
  for (std::size_t i = elements.size(); i-- > 0;) out += "</" + elements[i] + ">";
  return out;
}

// Splits a path in the XML into names. What tells elements of one name apart is left out: disk[2], source#2,
// hostdev[@mode=capabilities].
XmlPlace names_in(std::string_view path) {
  XmlPlace out;
  std::string name;
  const auto end_name = [&] {
    if (!name.empty()) out.push_back(std::exchange(name, {}));
  };
  bool in_brackets = false;
  bool in_number = false;
  for (const char c : path) {
    if (c == '[') in_brackets = true;
    if (c == '#') in_number = true;
    if (c == '/' && !in_brackets) {
      in_number = false;
      end_name();
    } else if (!in_brackets && !in_number) {
      name += c;
    }
    if (c == ']') in_brackets = false;
  }
  end_name();
  return out;
}

// How often a path has the same name at most. An element that nests in itself has to be written as often for the path
// to match.
std::size_t most_repetitions(const std::vector<std::string>& paths) {
  std::size_t out = 1;
  for (const std::string& path : paths) {
    const XmlPlace names = names_in(path);
    for (const std::string& name : names)
      out = std::max(out, static_cast<std::size_t>(std::count(names.begin(), names.end(), name)));
  }
  return out;
}

// A document with every value that the catalog knows. Each value is a mark, @N@, so that after redact() it can be seen
// which are gone.
class Specimen {
 public:
  explicit Specimen(std::size_t nested) : nested_(nested) {}

  void add(const Element& root) { element(root, 0); }
  std::string xml() const { return document_with(std::vector<std::string>{"virtsql"}, xml_); }
  // Returns the columns of which a mark is not in the text.
  std::set<const Column*> missing_in(std::string_view text) const {
    std::vector<bool> found(marks_.size());
    for (std::size_t at = text.find(kMark); at != std::string_view::npos; at = text.find(kMark, at + 1)) {
      std::size_t number = 0;
      const auto [end, error] = std::from_chars(text.data() + at + 1, text.data() + text.size(), number);
      if (error == std::errc() && *end == kMark) found[number] = true;
    }
    std::set<const Column*> out;
    for (std::size_t i = 0; i < marks_.size(); ++i)
      if (!found[i]) out.insert(marks_[i]);
    return out;
  }

  std::map<const Column*, std::vector<XmlPlace>> json_places;
  std::map<std::string, std::vector<XmlPlace>, std::less<>> row_places;

 private:
  std::string mark(const Column& column) {
    marks_.push_back(&column);
    return kMark + std::to_string(marks_.size() - 1) + kMark;
  }

  // `depth`: how many elements around it are of the kind that nests in itself.
  void element(const Element& element, std::size_t depth) {
    const Element& shape = element.shape();
    const std::string name(element.any_name ? kAnyName : element.name);
    place_.push_back(name);
    if (element.table) {
      row_places[std::string(element.table->name)].push_back(place_);
      if (element.table->resource) row_places[std::string(element.table->resource->name)].push_back(place_);
    }
    if (shape.json) json_places[shape.json].push_back(place_);
    // Each attribute in a tag of its own: several may have one name, and a document must not have that in one tag.
    const auto attribute = [&](std::string_view spelled, const Column& column) {
      xml_ += "<" + name + " " + std::string(spelled) + "='" + mark(column) + "'/>";
    };
    for (const Attribute& each : shape.attributes) {
      if (!each.column) continue;
      attribute(each.name, *each.column);
      for (const Attribute::Spelling& spelling : each.spellings) attribute(spelling.name, *each.column);
    }
    xml_ += "<" + name + ">";
    for (const Column* column : {shape.text, shape.flag, shape.json})
      if (column) xml_ += mark(*column);
    for (const Element* child : shape.children) {
      if (child->recursion && depth == nested_) continue;
      this->element(*child, depth + (child->recursion ? 1 : 0));
    }
    xml_ += "</" + name + ">";
    place_.pop_back();
  }

  const std::size_t nested_;
  std::string xml_;
  XmlPlace place_;
  std::vector<const Column*> marks_;
};

// Whether a column by which the catalog tells rows apart is one of these.
bool identify_rows(const Catalog& catalog, const std::set<const Column*>& columns) {
  for (const Table* table : catalog.tables())
    for (const Identity& identity : table->identities)
      for (const Column* column : identity.columns)
        if (!table->is_root() && columns.contains(column)) return true;
  return false;
}

}  // namespace

Withheld::Withheld(const Catalog& catalog, std::vector<std::string> paths) : paths_(std::move(paths)) {
  if (!any()) return;
  Specimen specimen(most_repetitions(paths_));
  for (const Element* root : catalog.roots()) specimen.add(*root);
  columns_ = specimen.missing_in(redact(specimen.xml(), paths_).xml);
  json_places_ = std::move(specimen.json_places);
  row_places_ = std::move(specimen.row_places);
  for (const auto& [column, places] : json_places_) json_columns_.push_back(column);
  hides_keys_ = identify_rows(catalog, columns_);
}

bool Withheld::is_secret(const std::string& document) const {
  const Redacted redacted = redact(document, paths_);
  return redacted.removed > 0 || !redacted.error.empty();
}

bool Withheld::has(const Table& table, std::string_view name) const {
  if (const Column* column = table.find(name)) return columns_.contains(column);
  const Computed* const computed = table.find_computed(name);
  return computed && std::any_of(computed->parts.begin(), computed->parts.end(), [&](const Computed::Part& part) {
           if (!part.column) return false;
           if (columns_.contains(part.column)) return true;
           const auto places = json_places_.find(part.column);
           if (computed->kind != Computed::Kind::kMember || places == json_places_.end()) return false;
           return std::any_of(places->second.begin(), places->second.end(), [&](const XmlPlace& place) {
             return is_secret(document_with(place, "<" + std::string(part.name) + "/>"));
           });
         });
}

std::string Withheld::expression(const Table& table, std::string_view name) const {
  const std::string value = "t." + quote_identifier(name);
  if (!any()) return value;
  if (name == "layout") {
    // It has the spellings of numbers that are not written in the usual way: {"#": {"memory": "007"}}.
    std::string shown = value;
    std::string paths;
    std::size_t count = 0;
    const auto remove = [&] {
      if (count > 0) shown = "json_remove(" + shown + paths + ")";
      paths.clear();
      count = 0;
    };
    for (const Column* column : table.columns) {
      if (!columns_.contains(column)) continue;
      paths += ", " + sql_literal("$.\"#\".\"" + std::string(column->name) + "\"");
      if (++count == kMostPaths) remove();
    }
    remove();
    return shown == value ? value : "CASE WHEN json_valid(" + value + ") THEN " + shown + " END";
  }
  const auto column = std::find(json_columns_.begin(), json_columns_.end(), table.find(name));
  if (column == json_columns_.end()) return value;
  return "virtsql_shown(" + std::to_string(column - json_columns_.begin()) + ", " + value + ")";
}

std::string Withheld::vendor_options() const {
  if (!any()) return "vendor_options";
  return "(SELECT * FROM vendor_options WHERE virtsql_is_shown(owner_type, kind, path, key, value_json))";
}

void Withheld::make_functions(Database& database) const {
  const auto make = [&](const char* name, int arguments, void (*call)(sqlite3_context*, int, sqlite3_value**)) {
    require_ok(database.handle(),
               sqlite3_create_function_v2(database.handle(), name, arguments, SQLITE_UTF8, const_cast<Withheld*>(this),
                                          call, nullptr, nullptr, nullptr));
  };
  make("virtsql_shown", 2, [](sqlite3_context* context, int, sqlite3_value** arguments) {
    const auto& self = *static_cast<const Withheld*>(sqlite3_user_data(context));
    if (sqlite3_value_type(arguments[1]) == SQLITE_NULL) return;
    try {
      const Column& column = *self.json_columns_[static_cast<std::size_t>(sqlite3_value_int(arguments[0]))];
      const std::optional<std::string> out = self.json(column, bytes_of(arguments[1]));
      if (out) sqlite3_result_text64(context, out->data(), out->size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    } catch (...) {
      result_exception(context);
    }
  });
  make("virtsql_is_shown", 5, [](sqlite3_context* context, int, sqlite3_value** arguments) {
    const auto& self = *static_cast<const Withheld*>(sqlite3_user_data(context));
    try {
      sqlite3_result_int(
          context, !self.hides_vendor_option(bytes_of(arguments[0]), bytes_of(arguments[1]), bytes_of(arguments[2]),
                                             bytes_of(arguments[3]), bytes_of(arguments[4])));
    } catch (...) {
      result_exception(context);
    }
  });
}

std::string Withheld::without_secrets(std::string_view document) const { return redact(document, paths_).xml; }

bool Withheld::names_secret(std::string_view document) const { return virtsql::names_secret(document, paths_); }

std::optional<std::string> Withheld::json(const Column& column, std::string_view value) const {
  std::string out(value);
  for (const XmlPlace& place : json_places_.at(&column)) try {
      const bool has_name = place.back() == kAnyName;
      Arena arena;
      xml::Writer writer;
      writer.element(has_name ? *from_json(out, arena) : *content_from_json(place.back(), out, arena));
      const std::span<const std::string> around = std::span(place).first(place.size() - 1);
      const Redacted redacted = redact(document_with(around, writer.take()), paths_);
      if (!redacted.error.empty()) return std::nullopt;
      if (redacted.removed == 0) continue;
      const xml::Document document = xml::Document::parse(redacted.xml);
      const xml::Node* node = document.root();
      for (std::size_t i = 0; node && i < around.size(); ++i) {
        node = node->first_child;
        while (node && !node->is_element()) node = node->next;
      }
      if (!node) return std::nullopt;
      out = has_name ? to_json(*node) : content_to_json(*node);
    } catch (const xml::Error&) {
      return std::nullopt;  // somebody wrote it, and it is no XML in JSON
    }
  return out;
}

bool Withheld::hides_vendor_option(std::string_view owner_type, std::string_view kind, std::string_view path,
                                   std::string_view key, std::string_view value) const {
  const auto places = row_places_.find(owner_type);
  // What is of no XML ('kept'), or of a table that this program does not know, cannot be compared with a path.
  if (places == row_places_.end() || kind == "kept") return true;
  std::string content;
  try {
    if (kind == "element") {
      Arena arena;
      xml::Writer writer;
      writer.element(*from_json(value, arena));
      content = writer.take();
    }
  } catch (const xml::Error&) {
    return true;
  }
  return std::any_of(places->second.begin(), places->second.end(), [&](const XmlPlace& row) {
    XmlPlace place = row;
    for (std::string& name : names_in(path)) place.push_back(std::move(name));
    if (kind != "attribute") return is_secret(document_with(place, content));
    const std::string tag = "<" + place.back() + " " + std::string(key) + "=''/>";
    return is_secret(document_with(std::span(place).first(place.size() - 1), tag));
  });
}

boost::json::object Withheld::members(const Difference& difference) const {
  boost::json::object out;
  const auto set = [&](const char* name, const std::string& value) {
    if (is_postgres_text(value)) out[name] = value;
  };
  out["change"] = boost::json::string(change_name(difference.change));
  if (!difference.device.empty()) set("device", difference.device);
  if (!difference.key.empty() && !hides_keys_) set("key", difference.key);
  set("path", difference.path);
  if (hides_values(difference)) return out;
  if (difference.has_old) set("old", difference.old_value);
  if (difference.has_new) set("new", difference.new_value);
  return out;
}

bool Withheld::hides_values(const Difference& difference) const {
  if (!any()) return false;
  XmlPlace place = names_in(difference.path);
  const bool is_text = !place.empty() && place.back() == "text()";
  if (is_text) place.pop_back();
  if (place.empty()) return true;
  const std::string last = place.back();
  place.pop_back();
  if (last.starts_with('@')) {
    if (place.empty()) return true;
    const std::string tag = "<" + place.back() + " " + last.substr(1) + "=''/>";
    place.pop_back();
    return is_secret(document_with(place, tag));
  }
  for (const std::string& value : {difference.old_value, difference.new_value}) {
    // A whole element comes as its XML.
    const bool is_element = !is_text && value.starts_with('<');
    if (is_secret(document_with(place, is_element ? value : "<" + last + "/>"))) return true;
  }
  return false;
}

}  // namespace virtsql
