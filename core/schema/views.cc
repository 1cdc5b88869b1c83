#include "core/schema/views.h"

#include <algorithm>
#include <set>
#include <vector>

#include "core/schema/ddl.h"

namespace virtsql {
namespace {

std::string join(const std::vector<std::string>& parts, const std::string& separator) {
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : separator) + part;
  return out;
}

class View {
 public:
  explicit View(const Table& table) : table_(table), resource_(table.resource) {
    if (!resource_) return;
    const auto shown = [&](const std::string& name) { return shown_in_view(table, name); };
    for (const auto& column : resource_->columns) resource_columns_.push_back({column->name, shown(column->name)});
    for (const Computed& column : resource_->computed) resource_generated_.push_back({column.name, shown(column.name)});
  }

  std::string ddl() const { return create() + on_insert() + on_update() + on_delete(); }

 private:
  struct Shown {
    std::string column;
    std::string name;
  };

  std::string create() const {
    std::vector<std::string> columns = {"v.uuid AS vm_uuid", "v.name AS vm_name", "t.id AS id"};
    if (!table_.one_per_owner) columns.emplace_back("t.position AS position");
    if (!table_.ordinal.empty()) columns.push_back("t." + quote_identifier(table_.ordinal));
    if (table_.has_element_column()) columns.emplace_back("t.element AS element");
    for (const auto& column : table_.columns) columns.push_back("t." + quote_identifier(column->name));
    for (const Computed& column : table_.computed) columns.push_back("t." + quote_identifier(column.name));
    if (resource_) columns.push_back("t." + quote_identifier(table_.resource_key));
    for (const auto* list : {&resource_columns_, &resource_generated_})
      for (const Shown& shown : *list)
        columns.push_back("r." + quote_identifier(shown.column) + " AS " + quote_identifier(shown.name));
    std::string out = "\n-- " + std::string(table_.doc) +
                      " With VM and resource; INSERT, UPDATE and DELETE change one VM.\nCREATE VIEW " +
                      view_name(table_) + " AS SELECT " + join(columns, ", ") + "\nFROM " +
                      quote_identifier(table_.name) + " AS t JOIN virtual_machines AS v ON v.uuid = t.vm_uuid";
    if (resource_)
      out += " LEFT JOIN " + quote_identifier(resource_->name) + " AS r ON r.id = t." +
             quote_identifier(table_.resource_key);
    return out + ";\n";
  }

  // Those of the resource that have no rows below them: only such can be found by their columns alone.
  std::string without_children() const {
    std::string out;
    for (const Table* child : resource_->child_tables)
      out += " AND NOT EXISTS (SELECT 1 FROM " + quote_identifier(child->name) + " WHERE " +
             quote_identifier(child->owner_key) + " = r.id)";
    return out;
  }

  // A resource with the new row's values; `vm` gives the VM's UUID.
  std::string equal_resource(const std::string& vm) const {
    std::string out = "FROM " + quote_identifier(resource_->name) + " AS r WHERE 1";
    if (resource_->host_scoped)
      out += " AND r.host_id IS (SELECT host_id FROM virtual_machines WHERE uuid = " + vm + ")";
    for (const Shown& shown : resource_columns_)
      out += " AND r." + quote_identifier(shown.column) + " IS NEW." + quote_identifier(shown.name);
    return out;
  }

  // Whether the new row has a value that makes its resource a shared one.
  std::string is_shared() const {
    if (resource_->share_keys.empty()) return "1";
    std::vector<std::string> set;
    for (const Name& key : resource_->share_keys)
      set.push_back("coalesce(NEW." + quote_identifier(shown_as(key)) + ",'') <> ''");
    return "(" + join(set, " OR ") + ")";
  }

  std::string shown_as(const std::string& column) const {
    const auto found = std::find_if(resource_columns_.begin(), resource_columns_.end(),
                                    [&](const Shown& shown) { return shown.column == column; });
    return found->name;
  }

  std::string insert_resource(const std::string& vm, const std::string& condition) const {
    std::vector<std::string> names;
    std::vector<std::string> values;
    if (resource_->host_scoped) {
      names.emplace_back("host_id");
      values.push_back("(SELECT host_id FROM virtual_machines WHERE uuid = " + vm + ")");
    }
    for (const Shown& shown : resource_columns_) {
      names.push_back(quote_identifier(shown.column));
      values.push_back("NEW." + quote_identifier(shown.name));
    }
    return "  INSERT INTO " + quote_identifier(resource_->name) + " (" + join(names, ", ") + ") SELECT " +
           join(values, ", ") + " WHERE " + condition + ";\n";
  }

  std::string exists_equal(const std::string& vm) const {
    return is_shared() + " AND EXISTS (SELECT 1 " + equal_resource(vm) + without_children() + ")";
  }

  std::string on_insert() const {
    const std::string vm = "coalesce(NEW.vm_uuid, (SELECT uuid FROM virtual_machines WHERE name = NEW.vm_name))";
    std::string body;
    std::vector<std::string> names = {quote_identifier(table_.owner_key)};
    std::vector<std::string> values = {vm};
    if (resource_) {
      body += insert_resource(vm, "NOT (" + exists_equal(vm) + ")");
      names.push_back(quote_identifier(table_.resource_key));
      values.push_back("(SELECT max(r.id) " + equal_resource(vm) + without_children() + ")");
    }
    names.emplace_back("id");
    values.emplace_back("NEW.id");
    if (!table_.one_per_owner) {
      names.emplace_back("position");
      values.push_back("coalesce(NEW.position, (SELECT coalesce(max(position), -1) + 1 FROM " +
                       quote_identifier(table_.name) + " WHERE vm_uuid = " + vm + "))");
    }
    if (!table_.ordinal.empty()) {
      const std::string ordinal = quote_identifier(table_.ordinal);
      names.push_back(ordinal);
      values.push_back("coalesce(NEW." + ordinal + ", (SELECT coalesce(max(" + ordinal + "), -1) + 1 FROM " +
                       quote_identifier(table_.name) + " WHERE vm_uuid = " + vm + "))");
    }
    if (table_.has_element_column()) {
      names.emplace_back("element");
      values.push_back("coalesce(NEW.element, '" + table_.elements.front()->label + "')");
    }
    for (const auto& column : table_.columns) {
      names.push_back(quote_identifier(column->name));
      values.push_back("NEW." + quote_identifier(column->name));
    }
    body += "  INSERT INTO " + quote_identifier(table_.name) + " (" + join(names, ", ") + ") VALUES (" +
            join(values, ", ") + ");\n";
    return trigger("INSERT", "inserted", body);
  }

  std::string on_update() const {
    std::string body;
    if (resource_ && !resource_columns_.empty()) {
      std::vector<std::string> same;
      for (const Shown& shown : resource_columns_)
        same.push_back("NEW." + quote_identifier(shown.name) + " IS OLD." + quote_identifier(shown.name));
      const std::string changed = "NOT (" + join(same, " AND ") + ")";
      const std::string key = quote_identifier(table_.resource_key);
      // One with rows below it is never shared with one found by columns alone: it gets its own, and copies of them.
      std::string plain = "1";
      for (const Table* child : resource_->child_tables)
        plain += " AND NOT EXISTS (SELECT 1 FROM " + quote_identifier(child->name) + " WHERE " +
                 quote_identifier(child->owner_key) + " = OLD." + key + ")";
      body +=
          insert_resource("OLD.vm_uuid", changed + " AND NOT (" + plain + " AND " + exists_equal("OLD.vm_uuid") + ")");
      for (const Table* child : resource_->child_tables) body += copy_children(*child, changed);
      body += "  UPDATE " + quote_identifier(table_.name) + " SET " + key + " = " + newest_resource() +
              " WHERE id = OLD.id AND " + changed + ";\n";
    }
    std::vector<std::string> assignments;
    if (!table_.one_per_owner) assignments.emplace_back("position = NEW.position");
    if (!table_.ordinal.empty())
      assignments.push_back(quote_identifier(table_.ordinal) + " = NEW." + quote_identifier(table_.ordinal));
    for (const auto& column : table_.columns)
      assignments.push_back(quote_identifier(column->name) + " = NEW." + quote_identifier(column->name));
    if (!assignments.empty())
      body += "  UPDATE " + quote_identifier(table_.name) + " SET " + join(assignments, ", ") + " WHERE id = OLD.id;\n";
    return trigger("UPDATE", "updated", body);
  }

  // Copies the old resource's rows of a child table, and what is below them, to the new one.
  std::string copy_children(const Table& child, const std::string& condition) const {
    std::vector<std::string> names;
    if (!child.one_per_owner) names.emplace_back("position");
    if (child.has_element_column()) names.emplace_back("element");
    names.emplace_back("layout");
    for (const auto& column : child.columns) names.push_back(quote_identifier(column->name));
    const std::string list = join(names, ", ");
    const std::string old_key = "OLD." + quote_identifier(table_.resource_key);
    std::string out = "  INSERT INTO " + quote_identifier(child.name) + " (" + quote_identifier(child.owner_key) +
                      ", " + list + ") SELECT " + newest_resource() + ", " + list + " FROM " +
                      quote_identifier(child.name) + " WHERE " + quote_identifier(child.owner_key) + " = " + old_key +
                      " AND " + condition + ";\n";
    for (const Table* grandchild : child.child_tables) {
      std::vector<std::string> below;
      if (!grandchild->one_per_owner) below.emplace_back("position");
      below.emplace_back("layout");
      for (const auto& column : grandchild->columns) below.push_back(quote_identifier(column->name));
      std::vector<std::string> from_old;
      for (const std::string& name : below) from_old.push_back("g." + name);
      const std::string same_place = child.one_per_owner ? "" : " AND n.position IS o.position";
      out += "  INSERT INTO " + quote_identifier(grandchild->name) + " (" + quote_identifier(grandchild->owner_key) +
             ", " + join(below, ", ") + ") SELECT n.id, " + join(from_old, ", ") + " FROM " +
             quote_identifier(grandchild->name) + " AS g JOIN " + quote_identifier(child.name) + " AS o ON o.id = g." +
             quote_identifier(grandchild->owner_key) + " JOIN " + quote_identifier(child.name) + " AS n ON n." +
             quote_identifier(child.owner_key) + " = " + newest_resource() + same_place + " WHERE o." +
             quote_identifier(child.owner_key) + " = " + old_key + " AND " + condition + ";\n";
    }
    return out;
  }

  // The new resource is the newest that has the new values.
  std::string newest_resource() const { return "(SELECT max(r.id) " + equal_resource("OLD.vm_uuid") + ")"; }

  std::string on_delete() const {
    return trigger("DELETE", "deleted", "  DELETE FROM " + quote_identifier(table_.name) + " WHERE id = OLD.id;\n");
  }

  std::string trigger(const std::string& event, const std::string& suffix, const std::string& body) const {
    return "CREATE TRIGGER " + view_name(table_) + "_" + suffix + " INSTEAD OF " + event + " ON " + view_name(table_) +
           " BEGIN\n" + body + "END;\n";
  }

  const Table& table_;
  const Table* resource_;
  std::vector<Shown> resource_columns_;
  std::vector<Shown> resource_generated_;
};

}  // namespace

std::string view_name(const Table& device) { return "vm_" + (device.resource ? device.resource->name : device.name); }

const Table* table_of_view(const Catalog& catalog, std::string_view view) {
  for (const Table* table : catalog.tables())
    if (table->is_device() && view_name(*table) == view) return table;
  return nullptr;
}

std::string shown_in_view(const Table& device, const std::string& resource_column) {
  const bool taken = device.find(resource_column) || device.find_computed(resource_column);
  return taken ? singular(device.resource->name) + "_" + resource_column : resource_column;
}

std::string views_ddl(const Catalog& catalog) {
  std::string out;
  for (const Table* table : catalog.tables())
    if (table->is_device()) out += View(*table).ddl();
  return out;
}

}  // namespace virtsql
