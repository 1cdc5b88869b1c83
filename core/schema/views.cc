// What the triggers of a view do, in the order in which SQLite runs them: the one that was created last runs first.
//
//   _refused   Refuses an UPDATE that names a column which is computed or says which row it is. The error says what to
//              set. _inserted runs such an UPDATE if an INSERT gives such a column a value (except host, vm_name,
//              vm_uuid and id).
//   _deleted   Deletes the attachment. The triggers of its table then delete a resource that no attachment names.
//   _inserted  Inserts an empty attachment, then UPDATEs it through the view, so that only the UPDATE triggers define
//              what a write means.
//   _replaced  If an UPDATE names a column of the resource, gives the attachment a resource row with the new values.
//              If there is none, it makes one, with copies of the rows below the old one. It leaves a thing of the
//              VM's host alone if no value differs.
//   _updated   Writes the attachment's columns. Refuses text that XML cannot have, and values for which the XML has no
//              place (misplaced.h).
//
// They share the table virtsql_edit (sql/schema.sql). An INSERT into it finds the VM that the write is about, refuses
// an unknown VM, checks the text that is written, and sets the VM's sync_status to UNKNOWN.
//
// What belongs to a host follows its VM: a trigger on virtual_machines lets _replaced do that if the VM's host changes.
//
// SQLite parses all of this SQL whenever a database is opened, so it is kept short: names have no quotes, a column has
// no alias in front unless both tables have it, and a trigger repeats no column without need.
// tests/core/schema/golden/views.sql has the complete views of a small catalog.
#include "core/schema/views.h"

#include <algorithm>
#include <utility>

#include "core/catalog/key_word.h"
#include "core/catalog/mac_prefix.h"
#include "core/schema/computed.h"
#include "core/schema/condition_sql.h"
#include "core/schema/ddl.h"
#include "core/schema/device_views.h"
#include "core/schema/identity.h"
#include "core/schema/misplaced.h"
#include "core/schema/related.h"
#include "core/schema/repeated.h"
#include "core/schema/source_types.h"
#include "core/schema/sql_name.h"
#include "core/schema/view_columns.h"

namespace virtsql {
namespace {

using Kind = ViewColumn::Kind;

class View {
 public:
  explicit View(const Table& table)
      : table_(table),
        resource_(table.resource),
        name_(view_name(table)),
        source_(sql_name(table.name)),
        columns_(view_columns(table)) {}

  // on_refusal() comes last, because SQLite runs the trigger first that was created last: an error stops a write before
  // anything else happens.
  std::string ddl() const {
    return create() + on_update() + on_replacement() + on_insert() + on_delete() + on_refusal();
  }

 private:
  // ---- the view

  std::string create() const {
    std::vector<std::string> shown;
    for (const ViewColumn& column : columns_) shown.push_back(selected(column));
    std::string out = "\n-- " + std::string(table_.doc) +
                      " With host, VM and resource; INSERT, UPDATE and DELETE change one VM.\nCREATE VIEW " + name_ +
                      " AS SELECT " + join(shown, ",") + " FROM " + source_ +
                      " t JOIN virtsql_vm_names v ON v.vm_uuid=t.vm_uuid";
    if (resource_) out += " LEFT JOIN " + sql_name(resource_->name) + " r ON r.id=t." + sql_name(table_.resource_key);
    return out + ";\n";
  }

  // vm_uuid, and ids that are compared, have their table's alias in front: fleet_query.h translates these views for the
  // fleet's store, and must know which table an id belongs to.
  std::string selected(const ViewColumn& column) const {
    if (column.kind == Kind::kVm) return (column.name == "vm_uuid" ? "t." : "v.") + column.name;
    if (column.kind == Kind::kComputed && is_of_address(*column.computed))
      return "(SELECT a.address_json FROM device_addresses a WHERE a.device_type=" + sql_literal(table_.device_type) +
             " AND a.attachment_id=t.id) AS " + sql_name(column.name);
    if (column.kind == Kind::kComputed && is_in_view_alone(*column.computed))
      return computed_sql(*column.computed, [&](const Column& part) { return plain(part.name, column.of_resource); }) +
             " AS " + sql_name(column.name);
    if (column.kind == Kind::kRelated) {
      const std::string row = column.of_resource ? "r." : "t.";
      const Related& related = *column.related;
      return related_sql(related, {row + "id", related.same ? row + sql_name(related.same->name) : "", "r.host_id"}) +
             " AS " + sql_name(column.name);
    }
    const std::string value = plain(column.in_table, column.of_resource);
    return value == sql_name(column.name) ? value : value + " AS " + sql_name(column.name);
  }

  // A column of the attachment (t) or the resource (r), with that alias only if both tables have the column.
  std::string plain(std::string_view column, bool of_resource) const {
    const bool both = resource_ && has(table_, column) && has(*resource_, column);
    return (both ? (of_resource ? "r." : "t.") : "") + sql_name(column);
  }

  static bool has(const Table& table, std::string_view column) {
    const std::vector<HousekeepingColumn> housekeeping = housekeeping_columns(table);
    return table.find(column) || table.find_computed(column) ||
           std::any_of(housekeeping.begin(), housekeeping.end(),
                       [&](const HousekeepingColumn& each) { return each.name == column; });
  }

  // ---- what cannot be written

  static bool is_refused(const ViewColumn& column) {
    return column.kind == Kind::kVm || column.kind == Kind::kComputed || column.kind == Kind::kRelated ||
           column.kind == Kind::kKey;
  }

  std::string on_refusal() const {
    std::vector<std::string> refused;
    std::vector<std::string> identity;
    std::vector<std::string> computed;
    for (const ViewColumn& column : columns_) {
      if (!is_refused(column)) continue;
      refused.push_back(sql_name(column.name));
      if (column.kind == Kind::kComputed)
        computed.push_back(column.name + " (set " + what_to_set(column) + ")");
      else if (column.kind == Kind::kRelated)
        computed.push_back(column.name + " (" + (column.related->value ? "said" : "set the rows") + " in " +
                           std::string(column.related->rows->name) + ")");
      else
        identity.push_back(column.name);
    }
    std::string said =
        join(identity, ", ") + " say which row it is and cannot be set (a VM is renamed in virtual_machines)";
    if (!computed.empty()) said += "; computed: " + join(computed, ", ");
    return trigger("UPDATE OF " + join(refused, ","), "refused", "", raise(said, ""));
  }

  // For the error: the columns that a computed column is made of, only the first kSaid if there are more.
  std::string what_to_set(const ViewColumn& column) const {
    constexpr std::size_t kSaid = 4;
    std::vector<std::string> names;
    for (const Computed::Part& part : column.computed->parts) {
      if (part.name == "type" && column.computed->kind == Computed::Kind::kPciAddress) continue;
      names.push_back(shown(*part.column));
    }
    return join_first(std::move(names), kSaid, ", ");
  }

  // ---- UPDATE

  template <typename Condition>
  std::vector<std::string> names(Condition condition) const {
    std::vector<std::string> out;
    for (const ViewColumn& column : columns_)
      if (condition(column)) out.push_back(sql_name(column.name));
    return out;
  }

  static bool is_of_attachment(const ViewColumn& column) {
    return column.kind == Kind::kElement || (column.kind == Kind::kStored && !column.of_resource);
  }
  static bool is_of_resource(const ViewColumn& column) { return column.kind == Kind::kStored && column.of_resource; }

  std::string on_update() const {
    std::vector<std::string> assignments;
    for (const ViewColumn& column : columns_) {
      if (!is_of_attachment(column) && column.kind != Kind::kPlace) continue;
      const std::string name = sql_name(column.in_table);
      assignments.push_back(name + "=NEW." + name);
    }
    std::string body = "INSERT INTO virtsql_edit(vm_uuid,text) VALUES(OLD.vm_uuid," + written_text() + ");\n" +
                       raise(
                           "a text has a character that XML cannot have: a control character, U+FFFE, U+FFFF, or bytes "
                           "that are not UTF-8",
                           " FROM virtsql_edit WHERE is_no_xml");
    const auto value = [&](const Column& column) { return "NEW." + sql_name(shown(column)); };
    const auto before = [&](const Column& column) { return "OLD." + sql_name(shown(column)); };
    const auto name = [&](const Column& column) { return shown(column); };
    for (const Misplaced& each : misplaced(table_, "NEW.element", value, before, name))
      body += raise(each.said, " WHERE " + each.condition);
    body += refuse_taken_names() + refuse_another_type();
    if (!assignments.empty()) body += "UPDATE " + source_ + " SET " + join(assignments, ",") + " WHERE id=OLD.id;\n";
    return trigger("UPDATE", "updated", "", body);
  }

  // Refuses a value that must be unique within the VM and that another row of it has. The unique index alone would let
  // UPDATE OR REPLACE remove that row, and INSERT OR IGNORE leave half a row behind.
  std::string refuse_taken_names() const {
    std::string out;
    const auto refuse_taken = [&](const std::string& column, const std::string& value) {
      out += raise("the VM has another row with this " + column,
                   " FROM " + source_ + " WHERE vm_uuid=OLD.vm_uuid AND " + column + "=" + value + " AND id<>OLD.id");
    };
    for (const ViewColumn& column : columns_)
      if (column.kind == Kind::kStored && !column.of_resource && column.column->unique)
        refuse_taken(sql_name(column.name), "nullif(NEW." + sql_name(column.name) + ",'')");
    if (!table_.ordinal.empty()) refuse_taken(sql_name(table_.ordinal), "NEW." + sql_name(table_.ordinal));
    return out;
  }

  // Refuses a source of another type than the row has (a bridge for a card of type user), unless the type is set, too.
  std::string refuse_another_type() const {
    std::string out;
    if (const Column* type = source_type())
      for (const Misplaced& each : sources_of_another_type(*type, [&](const Column& c) { return shown(c); }))
        out += raise(each.said, " WHERE " + each.condition);
    return out;
  }

  // The column with the type of the row's source; nullptr if there is none.
  const Column* source_type() const {
    for (const ViewColumn& column : columns_)
      if (column.kind == Kind::kStored && !is_numeric(column.column->type) && is_source_type(*column.column))
        return column.column;
    return nullptr;
  }

  // SQL that joins all written texts into one, for virtsql_edit to check. It uses ||, because format() would cut each
  // text at a NUL. A 0 parts the texts, so that two halves of a character do not make a whole one; it also stands for
  // NULL.
  std::string written_text() const {
    std::string out;
    for (const ViewColumn& column : columns_)
      if (column.column && !is_numeric(column.column->type))
        out += (out.empty() ? "" : "||0||") + ("ifnull(NEW." + sql_name(column.name) + ",0)");
    return out.empty() ? "NULL" : out;
  }

  // The view's name for a column of the attachment or its resource.
  std::string shown(const Column& column) const {
    return column.table == resource_ ? name_in_view(table_, column.name) : std::string(column.name);
  }

  std::string raise(const std::string& said, const std::string& when) const {
    return "SELECT RAISE(ABORT," + sql_literal(name_ + ": " + said) + ")" + when + ";\n";
  }

  std::string on_replacement() const {
    const std::vector<std::string> shown = names(is_of_resource);
    if (!resource_ || shown.empty()) return "";
    const std::string resource = sql_name(resource_->name);
    const std::string key = sql_name(table_.resource_key);
    std::vector<std::string> columns;
    std::vector<std::string> given;
    std::vector<std::string> before;
    for (const ViewColumn& column : columns_) {
      if (!is_of_resource(column)) continue;
      const std::string name = sql_name(column.name);
      columns.push_back(sql_name(column.in_table));
      given.push_back("NEW." + name);
      before.push_back("OLD." + name);
    }
    std::string host;
    if (resource_->host_scoped) host = "(SELECT host_id FROM virtual_machines WHERE uuid=OLD.vm_uuid)";
    const std::string same = identity_sql(*resource_, [&](const std::string& column) {
      return column == "host_id" ? host : "NEW." + sql_name(name_in_view(table_, column));
    });
    // A hardware model with equal values is the same model. A thing of one host may have rows below it, which
    // `identity` does not compare: if the old or the found one has any, the found one is not shared.
    std::string equal = std::string(kIdentity) + "=" + same;
    std::string changed;
    if (resource_->host_scoped) {
      changed = "OLD." + key + " IS NULL OR (" + join(given, ",") + ") IS NOT (" + join(before, ",") +
                ") OR (SELECT host_id FROM " + resource + " WHERE id=OLD." + key + ") IS NOT " + host;
      for (const Table* child : resource_->child_tables)
        equal += " AND NOT EXISTS(SELECT 1 FROM " + sql_name(child->name) + " WHERE " + sql_name(child->owner_key) +
                 " IN(r.id,OLD." + key + "))";
      columns.emplace_back("host_id");
      given.push_back(host);
    }
    std::string body = "INSERT INTO virtsql_edit(vm_uuid,resource_id) SELECT OLD.vm_uuid,max(id) FROM " + resource +
                       " r WHERE " + equal + ";\n";
    body += "INSERT INTO " + resource + "(" + join(columns, ",") + ") SELECT " + join(given, ",") +
            " FROM virtsql_edit WHERE resource_id IS NULL;\n";
    body += "UPDATE virtsql_edit SET resource_id=last_insert_rowid() WHERE resource_id IS NULL;\n";
    for (const Table* child : resource_->child_tables) body += copy_children(*child);
    body += "UPDATE " + source_ + " SET " + key + "=(SELECT resource_id FROM virtsql_edit) WHERE id=OLD.id;\n";
    return trigger("UPDATE OF " + join(shown, ","), "replaced", changed, body);
  }

  // The columns of a child table that a copy of its row takes over: not its id, its owner and its child_tables.
  static std::vector<std::string> copied(const Table& table) {
    std::vector<std::string> out;
    if (!table.one_per_owner) out.emplace_back("position");
    if (table.has_element_column()) out.emplace_back("element");
    out.emplace_back("layout");
    for (const auto& column : table.columns) out.push_back(sql_name(column->name));
    return out;
  }

  // Copies the old resource's rows of a child table, and the rows directly below them, to the new resource. If the rows
  // are a part of the source and its type changes, they go.
  std::string copy_children(const Table& child) const {
    const std::string name = sql_name(child.name);
    const std::string owner = sql_name(child.owner_key);
    const std::string old_key = "OLD." + sql_name(table_.resource_key);
    const std::string list = join(copied(child), ",");
    const std::string same_place = child.one_per_owner ? "" : " AND n.position IS o.position";
    const std::string copies = "virtsql_edit JOIN " + name + " o ON o." + owner + "=" + old_key + " JOIN " + name +
                               " n ON n." + owner + "=resource_id" + same_place;
    std::string same_source;  // a disk that becomes a file has no servers
    if (const Column* type = source_type(); type && is_of_source(*child.elements.front(), *type))
      same_source = " AND NEW." + sql_name(shown(*type)) + " IS OLD." + sql_name(shown(*type));
    std::string out = "INSERT INTO " + name + "(" + owner + "," + list + ") SELECT resource_id," + list + " FROM " +
                      name + ",virtsql_edit WHERE " + owner + "=" + old_key + same_source + ";\n" +
                      move_vendor_options(child, "SELECT o.id a,n.id b FROM " + copies);
    for (const Table* grandchild : child.child_tables) {
      const std::vector<std::string> below = copied(*grandchild);
      std::vector<std::string> from_old;
      for (const std::string& column : below) from_old.push_back("g." + column);
      const std::string below_name = sql_name(grandchild->name);
      const std::string below_owner = sql_name(grandchild->owner_key);
      out += "INSERT INTO " + below_name + "(" + below_owner + "," + join(below, ",") + ") SELECT n.id," +
             join(from_old, ",") + " FROM " + copies + " JOIN " + below_name + " g ON g." + below_owner + "=o.id;\n";
      out += move_vendor_options(*grandchild, "SELECT g.id a,m.id b FROM " + copies + " JOIN " + below_name +
                                                  " g ON g." + below_owner + "=o.id JOIN " + below_name + " m ON m." +
                                                  below_owner + "=n.id" +
                                                  (grandchild->one_per_owner ? "" : " AND m.position IS g.position"));
    }
    return out;
  }

  // Moves the VM's vendor options of rows to their copies. `pairs` is a SELECT of the ids of both, as a and b.
  static std::string move_vendor_options(const Table& table, const std::string& pairs) {
    return "UPDATE vendor_options SET owner_id=b FROM (" + pairs + ") WHERE owner_type=" + sql_literal(table.name) +
           " AND vm_uuid=OLD.vm_uuid AND owner_id=a;\n";
  }

  // ---- INSERT

  std::string on_insert() const {
    std::string body = "INSERT INTO virtsql_edit(host,vm_name,vm_uuid) VALUES(NEW.host,NEW.vm_name,NEW.vm_uuid);\n" +
                       refuse_what_is_there() + refuse_taken_ordinal();
    const auto next = [&](const std::string& column) {
      return "coalesce(NEW." + column + ",(SELECT coalesce(max(" + column + "),-1)+1 FROM " + source_ +
             " a WHERE a.vm_uuid=e.vm_uuid))";
    };
    std::vector<std::string> columns = {"vm_uuid"};
    std::vector<std::string> values = {"vm_uuid"};
    std::vector<std::string> assignments;
    std::vector<std::string> refused;
    for (const ViewColumn& column : columns_) {
      const std::string name = sql_name(column.name);
      if (column.kind == Kind::kElement) {
        columns.push_back(name);
        values.push_back("coalesce(NEW.element," + sql_literal(table_.elements.front()->label) + ")");
      } else if (column.kind == Kind::kPlace) {
        columns.push_back(name);
        values.push_back(next(name));
      } else if (column.kind == Kind::kStored) {
        assignments.push_back(name + "=" + inserted(column));
      } else if (is_refused(column) && column.kind != Kind::kVm) {
        refused.push_back("NEW." + name);
      }
    }
    body += "INSERT INTO " + source_ + "(" + join(columns, ",") + ") SELECT " + join(values, ",") +
            " FROM virtsql_edit e;\n";
    const std::string where = " WHERE id=last_insert_rowid()";
    if (!refused.empty()) {
      const bool many = refused.size() > 1;
      body += "UPDATE " + name_ + " SET id=0" + where + " AND " + (many ? "coalesce(" : "") + join(refused, ",") +
              (many ? ")" : "") + " IS NOT NULL;\n";
    }
    if (!assignments.empty()) body += "UPDATE " + name_ + " SET " + join(assignments, ",") + where + ";\n";
    return trigger("INSERT", "inserted", "", body + refuse_same_thing());
  }

  // SQL for the value that an INSERT stores in the column: if the INSERT leaves it open, what libvirt would choose.
  std::string inserted(const ViewColumn& column) const {
    std::string value = "NEW." + sql_name(column.name);
    const Name demanded = demanded_value(table_, *column.column);
    const Name preset = demanded.empty() ? column.column->marks->preset : demanded;
    const std::string said = said_by_others(*column.column, preset);
    if (!said.empty()) return "coalesce(" + value + "," + said + ")";
    if (column.column->type != Type::kMac || column.column->marks->own.empty()) return value;
    // A generated MAC address has the prefix that the VM's libvirt driver would give it.
    std::string prefix = "CASE domain_type";
    for (const MacPrefix& known : kMacPrefixes)
      prefix += " WHEN " + sql_literal(known.domain_type) + " THEN " + sql_literal(known.prefix);
    prefix += " ELSE " + sql_literal(kUsualMacPrefix) + " END";
    return "coalesce(" + value + ",(SELECT format('%s:%02x:%02x:%02x'," + prefix +
           ",random()&255,random()&255,random()&255) FROM virtual_machines JOIN virtsql_edit ON uuid=vm_uuid))";
  }

  // SQL for the value that follows from the row's other columns by {replaced VALUE if ...} and {default VALUE if ...}:
  // an interface that names a network has the type network. If no rule applies, the preset. Empty if there is neither a
  // rule nor a preset.
  std::string said_by_others(const Column& column, const Name& preset) const {
    std::string out;
    for (const std::span<const Replacement> rules : {column.marks->replaced, column.marks->preset_if}) {
      for (const Replacement& rule : rules) {
        const std::string all =
            conditions_sql(rule.conditions, [&](const Column& asked) { return "NEW." + sql_name(shown(asked)); });
        if (!all.empty()) out += " WHEN " + all + " THEN " + sql_literal(rule.value);
      }
    }
    const std::string otherwise = preset.empty() ? "" : sql_literal(preset);
    return out.empty() ? otherwise : "CASE" + out + (otherwise.empty() ? "" : " ELSE " + otherwise) + " END";
  }

  // Refuses the INSERT of a device that the VM has already. The error says how to UPDATE that row instead.
  std::string refuse_what_is_there() const {
    if (table_.one_per_owner || table_.single)
      return refuse("has one already: UPDATE " + name_ + " ... WHERE vm_uuid = ...", "");
    std::string out;
    for (const Identity& identity : table_.identities) {
      if (!identity.certain) continue;
      std::string same;
      if (const Identity* larger = larger_identity(identity)) {
        const std::string decides = where_it_decides(*larger);
        if (decides.empty()) continue;
        same = " AND NOT(" + decides + ")";
      } else if (const std::string decides = where_it_decides(identity); !decides.empty()) {
        same = " AND " + decides;
      }
      std::vector<std::string> named;
      for (const Column* column : identity.columns) {
        const std::string name = shown(*column);
        named.push_back(name);
        const bool is_text = !is_numeric(column->type);  // '' is no name
        const std::string given = "NEW." + sql_name(name);
        const std::string equal = "v." + sql_name(name) + "=" + (is_text ? "nullif(" + given + ",'')" : given);
        // A column that only tells apart rows with the same smaller key also counts as equal if either value is NULL.
        same += " AND " + (distinguishes_companions(identity, column) ? "coalesce(" + equal + ",1)" : equal);
      }
      if (table_.has_element_column())
        same += " AND v.element=coalesce(NEW.element," + sql_literal(table_.elements.front()->label) + ")";
      std::string where;
      for (const std::string& name : named) where += " AND " + sql_name(name) + " = ...";
      out += refuse(
          "has a row with this " + join(named, ", ") + ": UPDATE " + name_ + " ... WHERE vm_uuid = ..." + where, same);
    }
    return out;
  }

  // Refuses the INSERT of a device that has no identity of its own, but is a real thing (a passed-through device) that
  // the VM has already. What it is is known only when its resource has been found.
  std::string refuse_same_thing() const {
    const bool has_key = std::any_of(table_.identities.begin(), table_.identities.end(),
                                     [](const Identity& identity) { return identity.certain; });
    if (!resource_ || !resource_->host_scoped || has_key) return "";
    const std::string key = sql_name(table_.resource_key);
    return raise("the VM has this device already: UPDATE " + name_ + " ... WHERE vm_uuid = ... AND " + key + " = ...",
                 " FROM " + source_ + " a JOIN " + source_ + " b ON b.vm_uuid=a.vm_uuid AND b." + key + "=a." + key +
                     " AND b.id<>a.id WHERE a.id=last_insert_rowid()");
  }

  // Refuses an ordinal that a row of the VM has. SQLite takes an INSERT's OR REPLACE and OR IGNORE over into triggers:
  // the one would remove that row, the other write into another one.
  std::string refuse_taken_ordinal() const {
    if (table_.ordinal.empty()) return "";
    const std::string number = sql_name(table_.ordinal);
    return refuse("has a row with this " + number, " AND v." + number + "=NEW." + number);
  }

  std::string refuse(const std::string& said, const std::string& same) const {
    return raise("the VM " + said, " FROM virtsql_edit e JOIN " + name_ + " v ON v.vm_uuid=e.vm_uuid" + same);
  }

  static bool contains(const Identity& identity, const Column* column) {
    return std::find(identity.columns.begin(), identity.columns.end(), column) != identity.columns.end();
  }

  static bool contains_all(const Identity& larger, const Identity& smaller) {
    return larger.columns.size() > smaller.columns.size() &&
           std::all_of(smaller.columns.begin(), smaller.columns.end(),
                       [&](const Column* column) { return contains(larger, column); });
  }

  // The identity that has all columns of this one and more; nullptr if there is none.
  const Identity* larger_identity(const Identity& identity) const {
    for (const Identity& other : table_.identities)
      if (other.certain && contains_all(other, identity)) return &other;
    return nullptr;
  }

  // The condition of {key COLUMN=VALUE ...} on the new row, as SQL that is true or false. Empty: there is none.
  std::string where_it_decides(const Identity& identity) const {
    std::vector<std::string> out;
    for (const Name& name : identity.columns.front()->marks->key_with) {
      const KeyWord word(name);
      if (!word.value.data()) continue;
      for (const Column* column : identity.columns)
        if (column->name == word.column)
          out.push_back("NEW." + sql_name(shown(*column)) + " IS " + sql_literal(word.value));
    }
    return join(out, " AND ");
  }

  bool distinguishes_companions(const Identity& identity, const Column* column) const {
    return std::any_of(table_.identities.begin(), table_.identities.end(), [&](const Identity& other) {
      return other.certain && contains_all(identity, other) && !contains(other, column);
    });
  }

  // ---- DELETE

  std::string on_delete() const {
    return trigger(
        "DELETE", "deleted", "",
        "DELETE FROM " + source_ + " WHERE id=OLD.id;\nINSERT INTO virtsql_edit(vm_uuid) VALUES(OLD.vm_uuid);\n");
  }

  std::string trigger(const std::string& event, const std::string& suffix, const std::string& when,
                      const std::string& body) const {
    return "CREATE TRIGGER " + name_ + "_" + suffix + " INSTEAD OF " + event + " ON " + name_ +
           (when.empty() ? "" : " WHEN " + when) + " BEGIN\n" + body + "END;\n";
  }

  const Table& table_;
  const Table* resource_;
  std::string name_;
  std::string source_;
  std::vector<ViewColumn> columns_;
};

// The trigger by which the things of a host follow a VM to another host. Writing a column of the thing with the value
// that it has is enough: _replaced sees that the thing is of another host. RowStore, which writes documents, moves them
// itself.
std::string move_ddl(const Catalog& catalog) {
  std::string out;
  for (const Element* root : catalog.roots()) {
    if (!root->table->is_vm()) continue;
    const std::string name = sql_name(root->table->name);
    out += "CREATE TRIGGER " + sql_name(root->table->name + "_moved") + " AFTER UPDATE OF host_id ON " + name +
           " WHEN OLD.host_id IS NOT NEW.host_id AND " + std::string(kUnlessDocument) + " BEGIN\n";
    for (const Table* table : catalog.tables()) {
      if (!table->is_device() || !table->resource || !table->resource->host_scoped) continue;
      const std::string column = sql_name(name_in_view(*table, table->resource->columns.front()->name));
      out += "UPDATE " + view_name(*table) + " SET " + column + "=" + column + " WHERE vm_uuid=NEW." +
             sql_name(root->table->natural_key) + ";\n";
    }
    out += "END;\n";
  }
  return out;
}

}  // namespace

std::string views_ddl(const Catalog& catalog) {
  std::string out;
  for (const Table* table : catalog.tables())
    if (table->is_device()) out += View(*table).ddl();
  return out + move_ddl(catalog);
}

}  // namespace virtsql
