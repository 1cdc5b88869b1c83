#include "core/schema/everyday.h"

#include <algorithm>
#include <cassert>
#include <cctype>
#include <span>

#include "core/schema/ddl.h"
#include "core/schema/everyday_text.h"
#include "core/schema/schema_text.h"
#include "core/schema/sql_name.h"
#include "core/schema/view_columns.h"

namespace virtsql {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  return text;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    out.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

void add_words(std::string& out, std::string_view words) {
  if (!out.empty() && !words.empty()) out += ' ';
  out += words;
}

// The comment of a line that is nothing else; empty text for another one.
bool comment_of(std::string_view line, std::string_view& comment) {
  line = trimmed(line);
  if (!line.starts_with("--")) return false;
  comment = trimmed(line.substr(2));
  return true;
}

// ---- reading what the comments of an SQL text describe ----

constexpr std::string_view kWriteMark = "Write: ";              // what a write to the view is to be a write to instead
constexpr std::string_view kInternalMark = "For other views.";  // people need not see it

// Reads the tables and views of an SQL text in the manner of sql/schema.sql: a comment above each, one behind each
// column (or above it, if it is long). A view's columns say their type in the comment.
std::vector<Described> describe(std::string_view sql) {
  std::vector<Described> out;
  std::string above;
  bool inside = false;
  for (const std::string_view raw : lines_of(sql)) {
    const std::string_view line = trimmed(raw);
    std::string_view comment;
    if (comment_of(line, comment)) {
      if (!comment.starts_with(kWriteMark)) add_words(above, comment);
      continue;
    }
    const bool table = line.starts_with("CREATE TABLE ");
    if (table || line.starts_with("CREATE VIEW ")) {
      std::string_view name = line.substr(line.find(' ', 7) + 1);
      name = name.substr(0, name.find_first_of(" ("));
      out.push_back({std::string(name), !table, false, above, {}});
      inside = line.ends_with("(");
    } else if (line.starts_with(")")) {
      inside = false;
    } else if (inside && !line.empty() && std::islower(static_cast<unsigned char>(line.front()))) {
      const std::size_t dashes = line.find("--");
      std::string_view definition = line.substr(0, dashes);
      std::string doc = above;
      if (dashes != std::string_view::npos) add_words(doc, trimmed(line.substr(dashes + 2)));
      const std::string_view name = definition.substr(0, definition.find_first_of(" ,"));
      definition.remove_prefix(std::min(name.size() + 1, definition.size()));
      std::string type(definition.substr(0, definition.find_first_of(" ,")));
      std::transform(type.begin(), type.end(), type.begin(), [](unsigned char c) { return std::tolower(c); });
      if (out.back().is_view) {
        const std::size_t colon = doc.find(": ");
        assert(colon != std::string::npos && "a column of a view says its type");
        type = doc.substr(0, colon);
        doc = doc.substr(colon + 2);
      }
      out.back().columns.push_back({std::string(name), type, doc});
    }
    above.clear();
  }
  return out;
}

// The statement without its comments and line breaks: the schema is read whenever a database is opened.
std::string compact(std::string_view sql) {
  std::string out;
  for (std::string_view line : lines_of(sql)) {
    line = trimmed(line.substr(0, line.find("--")));
    if (line.empty()) continue;
    if (!out.empty() && out.back() != '(' && line.front() != ')') out += ' ';
    out += line;
  }
  return out;
}

std::string_view write_hint(std::string_view sql) {
  for (const std::string_view line : lines_of(sql))
    if (std::string_view comment; comment_of(line, comment) && comment.starts_with(kWriteMark))
      return comment.substr(kWriteMark.size());
  return {};
}

void replace(std::string& text, std::string_view place, const std::string& with) {
  if (const std::size_t at = text.find(place); at != std::string::npos) text.replace(at, place.size(), with);
}

// The column behind which another one of the same row is written ({after}). A struct's columns may have a prefix, which
// both then have. Throws CatalogError if there is none.
const Column& written_after(std::span<const Column* const> row, const Column& column) {
  for (std::size_t prefix = column.name.size(); prefix != std::string::npos;
       prefix = prefix == 0 ? std::string::npos : column.name.rfind('_', prefix - 1)) {
    const std::string name = std::string(column.name.substr(0, prefix)) + "_" + column.after;
    for (const Column* other : row)
      if (other->name == name) return *other;
    if (prefix == 0) break;
  }
  for (const Column* other : row)
    if (other->name == column.after) return *other;
  throw CatalogError("table " + column.table->name + ": there is no column " + column.after + " before " + column.name);
}

// ---- vm_devices ----

std::string coalesced(const std::vector<std::string>& parts, const char* none = "NULL") {
  if (parts.empty()) return none;
  if (parts.size() == 1) return parts.front();
  std::string list;
  for (const std::string& part : parts) list += (list.empty() ? "" : ",") + part;
  return "coalesce(" + list + ")";
}

class DeviceArm {
 public:
  explicit DeviceArm(const Table& table) : table_(table) {}

  // The first arm of a compound gives its columns their names and types.
  std::string sql(bool first) const {
    const std::pair<const char*, std::string> columns[] = {
        {"vm_uuid", "t.vm_uuid"},
        {"position", table_.one_per_owner ? "NULL" : "t.position"},
        {"element", table_.has_element_column() ? "t.element" : sql_literal(table_.elements.front()->name)},
        {"name", text(name())},
        {"model", text(model())},
        {"source", text(source())},
        {"details", details()},
        {"pci_address", table_.find_computed("pci_address") ? "t.pci_address" : "NULL"},
        {"alias", table_.find("alias") ? "t.alias" : "NULL"},
        {"table_name", sql_literal(table_.name)},
        {"id", "t.id"}};
    std::string out;
    for (const auto& [column, value] : columns) {
      out += (out.empty() ? "SELECT " : ",") + (first && value == "NULL" ? "CAST(NULL AS TEXT)" : value);
      if (first) out += std::string(" AS ") + column;
    }
    out += " FROM " + table_.name + " AS t";
    if (table_.resource) out += " LEFT JOIN " + table_.resource->name + " AS r ON r.id=t." + table_.resource_key;
    return out;
  }

 private:
  static std::string text(const std::vector<std::string>& parts) {
    return parts.empty() ? "NULL" : "CAST(" + coalesced(parts) + " AS TEXT)";
  }

  std::string plain(const Column& column) const {
    return (column.table == &table_ ? "t." : "r.") + sql_name(column.name);
  }

  // The column's value, behind that of the column which it is written after.
  std::string value(const Column& column) const {
    if (column.after.empty()) return plain(column);
    return plain(written_after(table_.row_columns, column)) + "||" + sql_literal(column.after_separator) + "||" +
           plain(column);
  }

  const Column& find(std::string_view name) const {
    for (const Column* column : table_.row_columns)
      if (column->name == name) return *column;
    throw CatalogError("table " + table_.name + " has no column " + std::string(name));
  }

  bool is_written_before(const Column& column) const {
    return std::any_of(table_.row_columns.begin(), table_.row_columns.end(), [&](const Column* other) {
      return !other->after.empty() && &written_after(table_.row_columns, *other) == &column;
    });
  }

  // The columns with {shown `role`}, or those that `rule` says.
  template <typename Rule>
  std::vector<std::string> shown(std::string_view role, Rule rule) const {
    std::vector<std::string> out;
    for (const Column* column : table_.row_columns)
      if ((column->shown == role || (column->shown.empty() && rule(*column))) && !is_written_before(*column))
        out.push_back(value(*column));
    return out;
  }

  std::vector<std::string> name() const {
    std::vector<std::string> out = shown("name", [](const Column&) { return false; });
    if (!out.empty()) return out;
    for (const Column* column : table_.row_columns) {
      if (!column->key) continue;
      std::string key;
      for (const Name& with : column->key_with) key += plain(find(with)) + "||' '||";
      out.push_back(key + value(*column));
    }
    return out;
  }

  std::vector<std::string> model() const {
    std::vector<std::string> out = shown("model", [](const Column&) { return false; });
    for (const std::string_view name : {"model_name", "hardware_name", "bus_type", "bus", "type"})
      for (const Column* column : table_.row_columns)
        if (column->name == name && column->shown.empty()) out.push_back(plain(*column));
    return out;
  }

  std::vector<std::string> source() const {
    std::vector<std::string> out = shown("source", [](const Column& column) {
      if (column.live.when == LiveRule::When::kAlways || column.type == Type::kJson) return false;
      const bool below_source = column.relative_path.starts_with("source/");
      return (column.type == Type::kPath && (below_source || column.index)) || (below_source && column.index);
    });
    for (const Table* owner : {&table_, static_cast<const Table*>(table_.resource)})
      if (owner)
        for (const Computed& column : owner->computed)
          if (column.name.ends_with("_pci_address") || (owner == table_.resource && column.name == "pci_address"))
            out.push_back((owner == &table_ ? "t." : "r.") + column.name);
    // What says more about the source in a row of its own: the socket of a vhost-user interface.
    for (const Table* child : table_.child_tables)
      if (child->one_per_owner && child->elements.front()->name == "source")
        for (const auto& column : child->columns)
          if (column->shown == "source")
            out.push_back("(SELECT c." + column->name + " FROM " + child->name + " AS c WHERE c." + child->owner_key +
                          "=t.id)");
    return out;
  }

  // The last step of the column's place, which is libvirt's word for it.
  static std::string word(const Column& column) {
    std::string path = column.relative_path;
    if (path.ends_with("()") || path.ends_with("/")) path.erase(path.rfind('/'));
    std::string step = path.substr(path.rfind('/') + 1);
    if (step.starts_with("@")) step.erase(0, 1);
    return step.substr(0, step.find_first_of(",:[#"));
  }

  std::string details() const {
    std::string out;
    for (const Column* column : table_.row_columns) {
      std::string part;
      if (column->type == Type::kFlag && column->live.when == LiveRule::When::kNever)
        part = "CASE WHEN " + plain(*column) + "=1 THEN " + sql_literal(" " + word(*column)) + " END";
      else if (column->type == Type::kSize && column->live.when == LiveRule::When::kNever && column->unit)
        part = sql_literal(" " + word(*column) + "=") + "||" + plain(*column) + "||coalesce(" + plain(*column->unit) +
               ",'')";
      else if (column->shown == "detail")
        part = sql_literal(" " + word(*column) + "=") + "||" + plain(*column);
      if (!part.empty()) out += (out.empty() ? "" : "||") + ("coalesce(" + part + ",'')");
    }
    return out.empty() ? "NULL" : "nullif(trim(" + out + "),'')";
  }

  const Table& table_;
};

std::string devices_sql(const Catalog& catalog) {
  std::string out;
  for (const Table* table : catalog.tables()) {
    if (!table->is_device()) continue;
    const bool first = out.empty();
    out += (first ? "" : " UNION ALL ") + DeviceArm(*table).sql(first);
  }
  return out;
}

// ---- host_files ----

// An XML path in words: /domain/os/nvram/@template is `nvram template`. Left out is what only holds others or says how
// a place is spelled.
std::string role_of(std::string_view path) {
  std::string out;
  bool first = true;
  while (!path.empty()) {
    path.remove_prefix(1);
    std::string_view step = path.substr(0, path.find('/'));
    path.remove_prefix(step.size());
    step = step.substr(0, step.find_first_of(",:[#("));
    if (step.starts_with("@")) step.remove_prefix(1);
    if (first && step.starts_with("domain")) step.remove_prefix(6);  // domainsnapshot
    first = false;
    constexpr std::string_view kSilent[] = {"",     "os",   "devices", "disks", "source", "target",
                                            "file", "path", "dev",     "dir",   "text"};
    if (std::find(std::begin(kSilent), std::end(kSilent), step) != std::end(kSilent)) continue;
    std::string words;
    for (const char c : step) {
      const auto letter = static_cast<unsigned char>(c);
      if (std::isupper(letter)) words += ' ';
      words += static_cast<char>(std::tolower(letter));
    }
    add_words(out, words);
  }
  return out;
}

class FileArms {
 public:
  explicit FileArms(const Catalog& catalog) : catalog_(catalog) {}

  std::string sql() {
    for (const Table* table : catalog_.tables()) {
      for (const auto& column : table->columns) {
        if (column->type == Type::kPath && column->live.when != LiveRule::When::kAlways) add_path(*table, *column);
        if (column->after.empty() || !column->relative_path.ends_with("@volume")) continue;
        add_volume(*table, *column);
      }
    }
    return out_;
  }

 private:
  // How the rows of a table come to their VM, whose host it then is, or to their host.
  struct Way {
    std::string host;
    std::string vm;
    std::string joins;
    bool needs_files = false;
  };

  static Way way(const Table& table, const std::string& alias, int depth = 1) {
    if (!table.attachment && !table.owner)
      return table.natural_key.empty() ? Way{alias + "host_id", vm_of(table, alias), "", table.files}
                                       : Way{"NULL", alias + table.natural_key, "", table.files};
    const Table& next = table.attachment ? *table.attachment : *table.owner;
    // What a VM owns says so itself.
    if (!next.owner && !next.attachment && !next.natural_key.empty())
      return {"NULL", alias + table.owner_key, "", next.files};
    const std::string name = "o" + std::to_string(depth);
    Way out = way(next, name + ".", depth + 1);
    out.joins = " JOIN " + next.name + " " + name + " ON " + name + "." +
                (table.attachment ? next.resource_key + "=" + alias + "id"
                                  : std::string(next.referred_column()) + "=" + alias + table.owner_key) +
                out.joins;
    return out;
  }

  // What belongs to a VM says so (snapshots); the rest belongs to none.
  static std::string vm_of(const Table& root, const std::string& alias) {
    const bool has = root.find("vm_uuid") || root.find_computed("vm_uuid");
    return has ? alias + "vm_uuid" : "NULL";
  }

  static std::string role(const Table& table, const Column& column) {
    if (!table.has_element_column()) return sql_literal(role_of(column.xml_path));
    std::string cases = "CASE t.element";
    std::vector<std::string_view> seen;
    for (const Element* element : table.elements) {
      if (std::find(seen.begin(), seen.end(), element->label) != seen.end()) continue;
      seen.push_back(element->label);
      cases += " WHEN " + sql_literal(element->label) + " THEN " +
               sql_literal(role_of(element->path + "/" + column.relative_path));
    }
    return cases + " END";
  }

  void add(const Way& way, const std::string& path, const std::string& role, const Table& table, const Column& column,
           const std::string& from, const std::string& where) {
    // In PostgreSQL the first SELECT says the types of all.
    const std::string host = out_.empty() && way.host == "NULL" ? "CAST(NULL AS INTEGER)" : way.host;
    out_ += (out_.empty() ? "SELECT " : " UNION ALL SELECT ") + host + "," + way.vm + "," + path + "," + role + "," +
            sql_literal(table.name) + "," + sql_literal(column.name) + " FROM " + table.name + " t" + way.joins + from +
            (where.empty() ? "" : " WHERE " + where);
  }

  void add_path(const Table& table, const Column& column) {
    const Way found = way(table, "t.");
    if (!found.needs_files) return;
    std::string where;
    if (column.live.when == LiveRule::When::kIf && column.live.conditions.size() == 1) {
      const Condition& live = column.live.conditions.front();
      if (live.test == Condition::Test::kEquals && live.column->table == &table)
        where = "coalesce(t." + live.column->name + ",'')<>" + sql_literal(live.value);
    }
    add(found, "t." + column.name, role(table, column), table, column, "", where);
  }

  // What is named by pool and volume: the volume's path, where the host's volumes were captured, else where the pool
  // is.
  void add_volume(const Table& table, const Column& column) {
    Way found = way(table, "t.");
    if (!found.needs_files) return;
    if (found.host == "NULL") {
      found.joins += " JOIN virtual_machines v ON v.uuid=" + found.vm;
      found.host = "v.host_id";
    }
    const std::string pool = "t." + written_after(table.columns, column).name;
    const std::string volume = "t." + column.name;
    add(found, "coalesce(y.path,rtrim(x.path,'/')||'/'||" + volume + ")", role(table, column), table, column,
        " LEFT JOIN storage_pools x ON x.host_id=" + found.host + " AND x.name=" + pool +
            " LEFT JOIN volumes y ON y.name=" + volume + " AND y.host_id=" + found.host +
            " AND (x.path IS NULL OR y.path=rtrim(x.path,'/')||'/'||y.name)",
        volume + " IS NOT NULL");
  }

  const Catalog& catalog_;
  std::string out_;
};

// The name of a file of SQL as the name of what it defines.
std::string_view without_suffix(std::string_view file) { return file.substr(0, file.rfind('.')); }

// ---- findings ----

Finding read_finding(const EmbeddedText& file) {
  Finding out;
  out.name = without_suffix(file.name);
  std::string_view body = file.text;
  bool first = true;
  for (const std::string_view line : lines_of(file.text)) {
    std::string_view comment;
    if (!comment_of(line, comment)) break;
    if (first) {
      const std::size_t colon = comment.find(": ");
      assert(colon != std::string_view::npos && "a finding begins with -- SEVERITY: what it finds");
      out.severity = comment.substr(0, colon);
      comment.remove_prefix(colon + 2);
    }
    first = false;
    add_words(out.doc, comment);
    body = body.substr(std::min(static_cast<std::size_t>(line.data() + line.size() - body.data()) + 1, body.size()));
  }
  out.sql = compact(body);
  if (out.sql.ends_with(";")) out.sql.pop_back();
  return out;
}

// The rules' SELECTs, each with its severity and name in front of what it selects. A rule may have several with UNION
// ALL.
std::string findings_sql() {
  constexpr std::string_view kSelect = "SELECT ";
  constexpr std::string_view kNext = " UNION ALL SELECT ";
  std::string out;
  for (const Finding& finding : findings()) {
    assert(finding.sql.starts_with(kSelect) && "a finding is SELECT host_id, vm_uuid, detail");
    const bool first = out.empty();
    const std::string said = sql_literal(finding.severity) + (first ? " AS severity," : ",") +
                             sql_literal(finding.name) + (first ? " AS rule," : ",");
    std::string sql = finding.sql.substr(kSelect.size());
    for (std::size_t at = sql.find(kNext); at != std::string::npos; at = sql.find(kNext, at + kNext.size()))
      sql.insert(at + kNext.size(), sql_literal(finding.severity) + "," + sql_literal(finding.name) + ",");
    out += (first ? "" : " UNION ALL ") + std::string(kSelect) + said + sql;
  }
  return out;
}

// ---- the DDL ----

// Without it SQLite would say that a view cannot be modified, and not what can.
std::string read_only(const std::string& view, std::string_view hint) {
  std::string out;
  for (const char* event : {"INSERT", "UPDATE", "DELETE"})
    out += "CREATE TRIGGER " + view + "_" + static_cast<char>(std::tolower(event[0])) + " INSTEAD OF " + event +
           " ON " + view + " BEGIN SELECT RAISE(ABORT," +
           sql_literal(view + " is read-only; to write: " + std::string(hint)) + ");END;\n";
  return out;
}

}  // namespace

const std::vector<Described>& everyday_views() {
  static const std::vector<Described> views = [] {
    std::vector<Described> out;
    for (const EmbeddedText& file : kViewTexts)
      for (Described& view : describe(file.text)) {
        view.is_everyday = view.doc.find(kInternalMark) == std::string::npos;
        out.push_back(std::move(view));
      }
    return out;
  }();
  return views;
}

const std::vector<Described>& fixed_tables() {
  static const std::vector<Described> tables = describe(kSchemaTexts.front().text);
  return tables;
}

const std::vector<Finding>& findings() {
  static const std::vector<Finding> rules = [] {
    std::vector<Finding> out;
    for (const EmbeddedText& file : kFindingTexts) out.push_back(read_finding(file));
    return out;
  }();
  return rules;
}

std::string everyday_ddl(const Catalog& catalog) {
  for (const Described& view : everyday_views())
    for (const Table* table : catalog.tables())
      if (table->name == view.name || (table->is_device() && view_name(*table) == view.name))
        throw CatalogError("table " + table->name + ": " + view.name + " is the name of an everyday view");
  std::string out;
  for (const EmbeddedText& file : kViewTexts) {
    const std::vector<Described> described = describe(file.text);
    assert(described.size() == 1 && described.front().name == without_suffix(file.name));
    std::string sql = compact(file.text);
    replace(sql, "@DEVICES@", devices_sql(catalog));
    replace(sql, "@FILES@", FileArms(catalog).sql());
    replace(sql, "@FINDINGS@", findings_sql());
    out +=
        "\n-- " + described.front().doc + "\n" + sql + "\n" + read_only(described.front().name, write_hint(file.text));
  }
  return out;
}

}  // namespace virtsql
