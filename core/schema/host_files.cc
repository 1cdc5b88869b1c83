#include "core/schema/host_files.h"

#include <algorithm>
#include <cassert>
#include <string_view>
#include <vector>

#include "core/base/letters.h"
#include "core/base/sql_quote.h"
#include "core/base/words.h"
#include "core/schema/condition_sql.h"
#include "core/schema/ddl.h"
#include "core/schema/described.h"
#include "core/schema/sql_name.h"
#include "core/schema/view_columns.h"
#include "core/schema/written_after.h"

namespace virtsql {
namespace {

// An XML path in words: /domain/os/nvram/@template is `nvram template`. Steps that only hold others (devices) or only
// say how a place is spelled (source, file, dev) are left out.
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
      if (is_upper(c)) words += ' ';
      words += lower_case(c);
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
        if (column->type == Type::kPath && column->marks->live.when != LiveRule::When::kAlways)
          add_path(*table, *column);
        if (column->marks->after.empty() || !column->relative_path.ends_with("@volume")) continue;
        add_volume(*table, *column);
      }
    }
    return out_;
  }

 private:
  // How SQL gets from the rows of a table to their host and their VM: the SQL of host_id and of vm_uuid, the latter
  // NULL if the rows have none, and the joins that both need. The VM is the row `v` of virtual_machines. It stands in
  // each SELECT, so that a condition on the VM's name reaches the SELECT's table, as one on its UUID does.
  struct Way {
    std::string host;
    std::string vm;
    std::string joins;
    bool needs_files = false;
  };

  static Way way(const Table& table, const std::string& alias, int depth = 1) {
    if (!table.attachment && !table.owner)
      return table.natural_key.empty() ? of_root(table, alias) : of_vm(alias + table.natural_key, table);
    const Table& next = table.attachment ? *table.attachment : *table.owner;
    // A row that a VM owns directly has the VM's UUID, so it needs no other join.
    if (!next.owner && !next.attachment && !next.natural_key.empty()) return of_vm(alias + table.owner_key, next);
    const std::string name = "o" + std::to_string(depth);
    Way out = way(next, name + ".", depth + 1);
    out.joins = " JOIN " + next.name + " " + name + " ON " + name + "." +
                (table.attachment ? next.resource_key + "=" + alias + "id"
                                  : std::string(next.referred_column()) + "=" + alias + table.owner_key) +
                out.joins;
    return out;
  }

  static Way of_vm(const std::string& vm, const Table& root) {
    return {"v.host_id", vm, " JOIN virtual_machines v ON v.uuid=" + vm, root.files};
  }

  // A root that is no VM has a host of its own; only a root that belongs to a VM (a snapshot) has its UUID, and the
  // store may not know that VM.
  static Way of_root(const Table& root, const std::string& alias) {
    const bool has_vm = root.find("vm_uuid") || root.find_computed("vm_uuid");
    if (!has_vm) return {alias + "host_id", "NULL", "", root.files};
    const std::string vm = alias + "vm_uuid";
    return {alias + "host_id", vm, " LEFT JOIN virtual_machines v ON v.uuid=" + vm, root.files};
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
    assert((!out_.empty() || way.vm != "NULL") && "in PostgreSQL the first SELECT gives the columns their types");
    out_ += (out_.empty() ? "SELECT " : " UNION ALL SELECT ") + way.host + "," +
            (way.vm == "NULL" ? "NULL" : "v.name") + "," + way.vm + "," + path + "," + role + "," +
            sql_literal(table.name) + "," + sql_literal(column.name) + " FROM " + table.name + " t" + way.joins + from +
            (where.empty() ? "" : " WHERE " + where);
  }

  void add_path(const Table& table, const Column& column) {
    const Way found = way(table, "t.");
    if (!found.needs_files) return;
    std::string where;
    if (column.marks->live.when == LiveRule::When::kIf && column.marks->live.conditions.size() == 1) {
      const Condition& live = column.marks->live.conditions.front();
      if (can_be_sql(live) && live.column->table == &table)
        where = "NOT " + condition_sql(live, "t." + std::string(live.column->name));
    }
    add(found, "t." + column.name, role(table, column), table, column, "", where);
  }

  // A file that is named by pool and volume: the path of the volume if the host's volumes were captured, else the
  // pool's path and the volume's name. If the pool was not captured, every volume of that name may be meant: a path too
  // many does less harm than one that is missing.
  void add_volume(const Table& table, const Column& column) {
    const Way found = way(table, "t.");
    if (!found.needs_files) return;
    const std::string pool = "t." + written_after(table.columns, column).name;
    const std::string volume = "t." + column.name;
    const std::string meant = "(SELECT p.path FROM pool_volumes p WHERE p.host_id=" + found.host +
                              " AND p.pool=" + pool + " AND p.volume=" + volume + " LIMIT 1)";
    add(found, "coalesce(" + meant + ",y.path,rtrim(x.path,'/')||'/'||" + volume + ")", role(table, column), table,
        column,
        " LEFT JOIN storage_pools x ON x.host_id=" + found.host + " AND x.name=" + pool +
            " LEFT JOIN volumes y ON y.name=" + volume + " AND y.host_id=" + found.host + " AND x.id IS NULL",
        volume + " IS NOT NULL");
  }

  const Catalog& catalog_;
  std::string out_;
};

}  // namespace

std::string files_sql(const Catalog& catalog) { return FileArms(catalog).sql(); }

}  // namespace virtsql
