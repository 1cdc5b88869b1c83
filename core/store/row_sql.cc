#include "core/store/row_sql.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>
#include <iterator>
#include <string>

#include "core/base/number.h"
#include "core/base/sql_quote.h"
#include "core/base/uuid.h"
#include "core/schema/identity.h"
#include "core/store/root_state.h"

namespace virtsql {

std::optional<std::int64_t> canonical_integer(std::string_view text) {
  if (text.empty() || text.size() > 18) return std::nullopt;
  const std::size_t digits = text[0] == '-' ? 1 : 0;
  if (text.size() == digits || (text[digits] == '0' && text.size() > 1)) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

namespace {

// The member of a stored layout that holds the spellings. The other members are paths of elements, which never have
// this name.
constexpr std::string_view kSpellings = "#";

// The number that the text says in the column, in any spelling (007, +1, -0x10); nothing if it is no number or needs
// more than 63 bits.
std::optional<std::int64_t> integer_of(const Column& column, std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const std::optional<std::uint64_t> value = whole_number(text, column.marks->base.value_or(Digits::kDecimal));
  if (!value || *value > INT64_MAX) return std::nullopt;
  const auto out = static_cast<std::int64_t>(*value);
  return negative ? -out : out;
}

// The decimal that the text says; nothing if it is none, or one that SQLite cannot store: it takes a NaN for NULL.
std::optional<double> real_of(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return std::isnan(value) ? std::nullopt : std::optional(value);
}

// The decimal as SQLite gives it back as text: 15 digits, whatever the document has.
std::string real_text(double value) {
  std::array<char, 40> out{};
  return sqlite3_snprintf(static_cast<int>(out.size()), out.data(), "%!.15g", value);
}

// Whether the column has a UUID by which a resource is known. It is stored in libvirt's spelling.
bool names_resource(const Column& column) { return column.type == Type::kUuid && column.table->attachment; }

// Whether the column's values may be stored in another spelling than the document's.
bool may_be_spelled(const Column& column) { return is_numeric(column.type) || names_resource(column); }

// Whether the value of such a column may not come back from the database as it is spelled. Always true of a decimal: 8
// comes back as 8.0.
bool is_spelled(const Column& column, std::string_view value) {
  if (!value.data()) return false;
  if (names_resource(column)) return usual_uuid(value) != value;
  return column.type == Type::kNumber || !canonical_integer(value);
}

// The name by which the row's layout has the column's spelling. The attachment and its resource share a layout, and may
// have a column of the same name.
std::string spelling_name(const Table& table, const Column& column) {
  const bool is_shared_name = column.table != &table && table.find(column.name);
  return (is_shared_name ? column.table->name + "." : "") + std::string(column.name);
}

// Whether the stored value is what the spelling is stored as: the UUID as libvirt writes it, the number, or NULL if it
// is no number.
bool says(const Column& column, std::string_view stored, std::string_view spelling) {
  if (names_resource(column)) return stored == usual_uuid(spelling);
  if (column.type == Type::kNumber) {
    const std::optional<double> real = real_of(spelling);
    return real ? stored == real_text(*real) : !stored.data();
  }
  const std::optional<std::int64_t> number = integer_of(column, spelling);
  return number ? stored == std::to_string(*number) : !stored.data();
}

}  // namespace

StoredValue stored_value(const Column& column, std::string_view value) {
  if (!value.data()) return {};
  if (!is_numeric(column.type)) {
    if (names_resource(column)) return usual_uuid(value);
    return value;
  }
  if (column.type == Type::kNumber) {
    if (const auto real = real_of(value)) return *real;
  } else if (const auto integer = integer_of(column, value))
    return *integer;
  return {};
}

void bind_value(Statement& statement, int parameter, const Column& column, std::string_view value) {
  const StoredValue stored = stored_value(column, value);
  if (const auto* text = std::get_if<std::string_view>(&stored))
    statement.bind_text(parameter, *text);
  else if (const auto* integer = std::get_if<std::int64_t>(&stored))
    statement.bind_int(parameter, *integer);
  else if (const auto* real = std::get_if<double>(&stored))
    statement.bind_real(parameter, *real);
  else if (const auto* spelled = std::get_if<std::string>(&stored))
    statement.bind_text_copy(parameter, *spelled);
}

void take_spellings(Row& row, Arena& arena) {
  namespace json = boost::json;
  if (row.layout.find("\"#\"") == std::string_view::npos) return;
  boost::system::error_code error;
  json::value value = json::parse({row.layout.data(), row.layout.size()}, error);
  if (error || !value.is_object()) return;
  json::object& layout = value.get_object();
  const json::value* spellings = layout.if_contains(kSpellings);
  if (!spellings) return;
  if (spellings->is_object())
    for (const auto& [name, spelled] : spellings->get_object()) {
      if (!spelled.is_string()) continue;
      for (const Column* column : row.element->table->row_columns) {
        if (!may_be_spelled(*column) || spelling_name(*row.element->table, *column) != std::string_view(name)) continue;
        // If the value was edited, the spelling no longer fits and is dropped.
        if (says(*column, row.get(*column), spelled.get_string())) row.set(*column, arena.copy(spelled.get_string()));
      }
    }
  layout.erase(kSpellings);
  row.layout = layout.empty() ? std::string_view() : arena.copy(json::serialize(layout));
}

void bind_id(Statement& statement, int parameter, std::int64_t id) {
  if (id) statement.bind_int(parameter, id);
}

namespace {

constexpr std::string_view kKinds[] = {"attribute", "element", "text"};

}  // namespace

std::string_view vendor_kind_name(VendorItem::Kind kind) { return kKinds[static_cast<std::size_t>(kind)]; }

VendorItem::Kind vendor_kind_named(std::string_view name) {
  return name == kKinds[0]   ? VendorItem::Kind::kAttribute
         : name == kKinds[1] ? VendorItem::Kind::kElement
                             : VendorItem::Kind::kText;
}

RowSql::RowSql(const Table& of) : table(&of) {
  list_columns();
  select_rows();
  write_rows();
  if (of.resource) write_resources();
}

void RowSql::list_columns() {
  for (const auto& column : table->columns) columns.push_back(column);
  if (table->resource)
    for (const auto& column : table->resource->columns) resource_columns.push_back(column);
  for (const auto* list : {&columns, &resource_columns})
    for (const Column* column : *list)
      if (may_be_spelled(*column)) spelled_columns.push_back(column);
}

void RowSql::select_rows() {
  std::string select = "SELECT t.id";
  int next = 1;
  const auto add = [&](const std::string& expression) {
    select += ", " + expression;
    return next++;
  };
  if (table->owner && !table->one_per_owner) position = add("t.position");
  if (table->has_element_column()) element = add("t.element");
  if (table->recursive) parent = add("t.parent_id");
  if (table->resource) resource = add("t." + quote_identifier(table->resource_key));
  layout = add("t.layout");
  if (table->has_bits()) children = add("t.child_tables");
  if (table->resource && table->resource->has_bits()) resource_children = add("r.child_tables");
  first_column = next;
  for (const Column* column : columns) add("t." + quote_identifier(column->name));
  for (const Column* column : resource_columns) add("r." + quote_identifier(column->name));
  select += " FROM " + quote_identifier(table->name) + " AS t";
  if (table->resource)
    select += " LEFT JOIN " + quote_identifier(table->resource->name) + " AS r ON r.id = t." +
              quote_identifier(table->resource_key);
  by_id = select + " WHERE t.id = ?1";
  if (table->owner)
    by_owner = select + " WHERE t." + quote_identifier(table->owner_key) + " = ?1" +
               (table->one_per_owner ? "" : " ORDER BY t.position, t.id");
}

void RowSql::write_rows() {
  std::vector<std::string> fixed;
  if (table->owner) fixed.push_back(table->owner_key);
  if (table->is_root()) fixed.insert(fixed.end(), std::begin(kStateColumns), std::end(kStateColumns));
  if (parent >= 0) fixed.emplace_back("parent_id");
  if (resource >= 0) fixed.push_back(table->resource_key);
  if (position >= 0) fixed.emplace_back("position");
  if (!table->ordinal.empty()) fixed.push_back(table->ordinal);
  if (element >= 0) fixed.emplace_back("element");
  fixed.emplace_back("layout");
  if (children >= 0) fixed.emplace_back("child_tables");
  insert = InsertSql(table->name, fixed, columns);
  update = UpdateSql(table->name);
}

void RowSql::write_resources() {
  const Table& thing = *table->resource;
  std::vector<std::string> names;
  if (thing.host_scoped) names.emplace_back("host_id");
  for (const Column* column : resource_columns) names.push_back(column->name);
  const auto parameter_of = [&](const std::string& column) {
    const auto at = std::find(names.begin(), names.end(), column) - names.begin();
    return "?" + std::to_string(at + 1);
  };
  const std::string name = quote_identifier(thing.name);
  find_resource = "SELECT id FROM " + name + " WHERE " + kIdentity + " = " + identity_sql(thing, parameter_of);
  std::string same;
  for (const std::string& column : names) same += quote_identifier(column) + " IS " + parameter_of(column) + " AND ";
  is_resource = "SELECT 1 FROM " + name + " WHERE " + same + "id = ?" + std::to_string(names.size() + 1);

  std::vector<std::string> fixed;
  if (thing.host_scoped) fixed.emplace_back("host_id");
  if (thing.has_bits()) fixed.emplace_back("child_tables");
  insert_resource = InsertSql(thing.name, fixed, resource_columns);
  update_resource = UpdateSql(thing.name);

  const std::string users =
      "SELECT 1 FROM " + quote_identifier(table->name) + " WHERE " + quote_identifier(table->resource_key) + " = ?1";
  drop_resource = "DELETE FROM " + name + " WHERE id = ?1 AND NOT EXISTS (" + users + ")";
  other_user = users + " AND id <> ?2";
}

std::string_view RowSql::stored_layout(const Row& row, Arena& arena) const {
  namespace json = boost::json;
  const auto spelled = [&row](const Column* column) { return is_spelled(*column, row.get(*column)); };
  auto next = std::find_if(spelled_columns.begin(), spelled_columns.end(), spelled);
  if (next == spelled_columns.end()) return row.layout;  // almost every row
  json::object spellings;
  for (; next != spelled_columns.end(); next = std::find_if(next + 1, spelled_columns.end(), spelled))
    spellings[spelling_name(*table, **next)] = row.get(**next);
  json::object out;
  boost::system::error_code edited;  // somebody may have made something else of it
  if (json::value stored = json::parse({row.layout.data(), row.layout.size()}, edited); !edited && stored.is_object())
    out = std::move(stored.get_object());
  out[kSpellings] = std::move(spellings);
  return arena.copy(json::serialize(out));
}

}  // namespace virtsql
