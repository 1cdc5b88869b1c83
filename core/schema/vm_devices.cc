#include "core/schema/vm_devices.h"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/catalog/key_word.h"
#include "core/schema/ddl.h"
#include "core/schema/sql_name.h"
#include "core/schema/view_columns.h"
#include "core/schema/written_after.h"

namespace virtsql {
namespace {

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

  // The VM stands in each arm, so that a condition on its name reaches the arms, as one on its UUID does. The first
  // SELECT of a UNION gives the columns their types, so only the first casts its NULLs.
  std::string sql(bool first) const {
    const std::string columns[] = {
        "v.host",
        "v.name",
        "t.vm_uuid",
        table_.one_per_owner ? "NULL" : "t.position",
        table_.has_element_column() ? "t.element" : sql_literal(table_.elements.front()->name),
        text(name()),
        text(model()),
        text(source()),
        details(),
        table_.find_computed("pci_address") ? "t.pci_address" : "NULL",
        table_.find("alias") ? "t.alias" : "NULL",
        sql_literal(table_.name),
        "t.id"};
    std::string out;
    for (const std::string& value : columns)
      out += (out.empty() ? "SELECT " : ",") + (first && value == "NULL" ? "CAST(NULL AS TEXT)" : value);
    out += " FROM " + table_.name + " AS t JOIN defined_vms AS v ON v.uuid=t.vm_uuid";
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

  // SQL for the column's value; with {after}, behind the value of the column that it is written after.
  std::string value(const Column& column) const {
    if (column.marks->after.empty()) return plain(column);
    return plain(written_after(table_.row_columns, column)) + "||" + sql_literal(column.marks->after_separator) + "||" +
           plain(column);
  }

  const Column& find(std::string_view name) const {
    for (const Column* column : table_.row_columns)
      if (column->name == name) return *column;
    throw CatalogError("table " + table_.name + " has no column " + std::string(name));
  }

  bool is_written_before(const Column& column) const {
    return std::any_of(table_.row_columns.begin(), table_.row_columns.end(), [&](const Column* other) {
      return !other->marks->after.empty() && &written_after(table_.row_columns, *other) == &column;
    });
  }

  // SQL for the values of the columns with {shown `role`}, and of those without {shown} that `rule` accepts. Columns
  // that others are written after are left out, because the values of those include them.
  template <typename Rule>
  std::vector<std::string> shown(std::string_view role, Rule rule) const {
    std::vector<std::string> out;
    for (const Column* column : table_.row_columns)
      if ((column->marks->shown == role || (column->marks->shown.empty() && rule(*column))) &&
          !is_written_before(*column))
        out.push_back(value(*column));
    return out;
  }

  std::vector<std::string> name() const {
    std::vector<std::string> out = shown("name", [](const Column&) { return false; });
    if (!out.empty()) return out;
    for (const Column* column : table_.row_columns) {
      if (!column->key) continue;
      std::string key;
      for (const Name& with : column->marks->key_with) key += plain(find(KeyWord(with).column)) + "||' '||";
      out.push_back(key + value(*column));
    }
    return out;
  }

  std::vector<std::string> model() const {
    std::vector<std::string> out = shown("model", [](const Column&) { return false; });
    for (const std::string_view name : kModelColumns)
      for (const Column* column : table_.row_columns)
        if (column->name == name && column->marks->shown.empty()) out.push_back(plain(*column));
    return out;
  }

  std::vector<std::string> source() const {
    std::vector<std::string> out = shown("source", [](const Column& column) {
      if (column.marks->live.when == LiveRule::When::kAlways || column.type == Type::kJson) return false;
      const bool below_source = column.relative_path.starts_with("source/");
      return (column.type == Type::kPath && (below_source || column.index)) || (below_source && column.index);
    });
    for (const Table* owner : {&table_, static_cast<const Table*>(table_.resource)})
      if (owner)
        for (const Computed& column : owner->computed)
          if (column.name.ends_with("_pci_address") || (owner == table_.resource && column.name == "pci_address"))
            out.push_back((owner == &table_ ? "t." : "r.") + column.name);
    // A row below the device that describes its source: the socket of a vhost-user interface.
    for (const Table* child : table_.child_tables)
      if (child->one_per_owner && child->elements.front()->name == "source")
        for (const auto& column : child->columns)
          if (column->marks->shown == "source")
            out.push_back("(SELECT c." + column->name + " FROM " + child->name + " AS c WHERE c." + child->owner_key +
                          "=t.id)");
    for (const std::string& server : servers()) out.push_back(server);
    return out;
  }

  // The server of a source that has no name of its own (the default export of an NBD server), behind the column that
  // the name is written after: nbd://host:port. Of several servers the first.
  std::vector<std::string> servers() const {
    std::vector<std::string> out;
    if (!table_.resource) return out;
    for (const Table* child : table_.resource->child_tables) {
      std::vector<std::string> longer;  // host:port, which comes before host alone
      std::vector<std::string> plain_ones;
      for (const auto& column : child->columns) {
        if (column->marks->shown != "source") continue;
        const std::string name = "c." + sql_name(column->name);
        if (column->marks->after.empty())
          plain_ones.push_back(name);
        else
          longer.push_back("c." + sql_name(column->marks->after) + "||" + sql_literal(column->marks->after_separator) +
                           "||" + name);
      }
      if (plain_ones.empty()) continue;
      longer.insert(longer.end(), plain_ones.begin(), plain_ones.end());
      for (const Column* column : table_.row_columns)
        if (column->table == table_.resource && column->marks->after_separator == ":")
          out.push_back(plain(written_after(table_.row_columns, *column)) + "||'://'||(SELECT " + coalesced(longer) +
                        " FROM " + child->name + " AS c WHERE c." + child->owner_key +
                        "=r.id ORDER BY c.position IS NULL,c.position,c.id LIMIT 1)");
    }
    return out;
  }

  // Removes the last step of an XML path and returns its word.
  static std::string take_word(std::string& path) {
    const std::size_t slash = path.rfind('/');
    std::string step = path.substr(slash + 1);  // the whole path if it has no slash
    path.erase(slash == std::string::npos ? 0 : slash);
    if (step.starts_with("@")) step.erase(0, 1);
    return step.substr(0, step.find_first_of(",:[#"));
  }

  // The last step of the column's XML path, which is libvirt's word for the value. If an earlier value has the word, it
  // stands behind the element that it is in: label_size. `taken` has the words of the earlier values.
  static std::string word(const Column& column, std::set<std::string>& taken) {
    std::string path = column.relative_path;
    if (path.ends_with("()") || path.ends_with("/")) path.erase(path.rfind('/'));
    std::string out = take_word(path);
    while (taken.contains(out) && !path.empty()) out = take_word(path) + "_" + out;
    taken.insert(out);
    return out;
  }

  std::string details() const {
    std::string out;
    std::set<std::string> taken;
    for (const Column* column : table_.row_columns) {
      std::string part;
      if (column->type == Type::kFlag && column->marks->live.when == LiveRule::When::kNever)
        part = "CASE WHEN " + plain(*column) + "=1 THEN " + sql_literal(" " + word(*column, taken)) + " END";
      else if (column->type == Type::kSize && column->marks->live.when == LiveRule::When::kNever && column->unit)
        part = sql_literal(" " + word(*column, taken) + "=") + "||" + plain(*column) + "||coalesce(" +
               plain(*column->unit) + ",'')";
      else if (column->marks->shown == "detail")
        part = sql_literal(" " + word(*column, taken) + "=") + "||" + plain(*column);
      if (!part.empty()) out += (out.empty() ? "" : "||") + ("coalesce(" + part + ",'')");
    }
    return out.empty() ? "NULL" : "nullif(trim(" + out + "),'')";
  }

  const Table& table_;
};

}  // namespace

std::string devices_sql(const Catalog& catalog) {
  std::string out;
  for (const Table* table : catalog.tables()) {
    if (!table->is_device()) continue;
    const bool first = out.empty();
    out += (first ? "" : " UNION ALL ") + DeviceArm(*table).sql(first);
  }
  return out;
}

}  // namespace virtsql
