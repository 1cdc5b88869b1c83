// How the catalog becomes tables.
//
// Every table has an `id`. A row that belongs to a VM or to another row has its owner's key. A table with any number of
// rows per owner has a `position`. The column `layout` keeps an order that is not the catalog's. `child_tables` says
// which child tables may have rows, so that generation asks only those. Triggers maintain `child_tables`, delete what
// belongs to deleted rows, let vendor_options follow a device that is moved, and delete resources that no attachment
// names any more. All of it works in any SQLite shell, without the extension.
#include "core/schema/ddl.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "core/base/sql_quote.h"
#include "core/base/uuid.h"
#include "core/schema/computed.h"
#include "core/schema/device_views.h"
#include "core/schema/everyday.h"
#include "core/schema/identity.h"
#include "core/schema/related.h"
#include "core/schema/repeated.h"
#include "core/schema/root_words.h"
#include "core/schema/schema_text.h"
#include "core/schema/sql_name.h"
#include "core/schema/view_columns.h"
#include "core/schema/views.h"

namespace virtsql {
namespace {

// The hand-written tables that belong to VMs.
constexpr std::array<std::string_view, 2> kOthersOfVm{"vendor_options", "virtumancer_imports"};

class Ddl {
 public:
  explicit Ddl(const Catalog& catalog) : catalog_(catalog) {}

  std::string build() {
    out_ = kSchemaTexts.front().text;
    for (const Table* entry : catalog_.tables()) {
      create_table(*entry);
      create_indexes(*entry);
    }
    for (const Table* entry : catalog_.tables()) {
      create_guards(*entry);
      create_triggers(*entry);
      create_spelling(*entry);
    }
    out_ += repeated_ddl(catalog_);
    // Before views_ddl(): the views vm_<plural> read the view device_addresses.
    out_ += device_views_ddl(catalog_);
    out_ += views_ddl(catalog_);
    out_ += related_views_ddl(catalog_);
    out_ += everyday_ddl(catalog_);
    return out_;
  }

 private:
  void create_table(const Table& table) {
    out_ += "\n-- " + std::string(table.doc) + "\nCREATE TABLE " + sql_name(table.name) + " (";
    std::string separator = "\n  ";
    const auto column = [&](const std::string& name, const std::string& definition) {
      out_ += separator + sql_name(name) + " " + definition;
      separator = ",\n  ";
    };
    for (const HousekeepingColumn& each : housekeeping_columns(table))
      column(each.name, each.definition + (each.words.empty() || guarded_by_triggers(table)
                                               ? ""
                                               : " CHECK (" + is_one_of(each.name, each.words) + ")"));
    for (const auto& stored : table.columns) {
      std::string definition(sqlite_type(stored->type));
      if (stored->name == table.natural_key)
        definition += " NOT NULL UNIQUE DEFAULT (" + std::string(kRandomUuidSql) + ")";
      if (table.is_root() && !stored->marks->preset.empty())
        definition += " DEFAULT " + sql_literal(stored->marks->preset);
      column(stored->name, definition);
    }
    for (const Computed& computed : table.computed)
      if (!is_in_view_alone(computed))
        column(computed.name, std::string(computed_type(computed)) + " AS (" + computed_sql(computed) + ")");
    out_ += "\n) STRICT;\n";
  }

  // A table must not have both CHECK constraints and generated columns, or VACUUM INTO fails on a database that is
  // opened for reading. There SQLite 3.40 leaves CHECK constraints out when it reads the schema, so it takes the table
  // and its copy for different tables and copies row by row, which it cannot do with a generated column.
  static bool guarded_by_triggers(const Table& table) { return !table.computed.empty(); }

  // Not IN: for a list of more than two words SQLite would build a temporary table at every insert.
  static std::string is_one_of(const std::string& name, const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) out += (out.empty() ? "" : " OR ") + name + "='" + word + "'";
    return out;
  }

  // Triggers that do what CHECK constraints do in other tables. The programs' own writers have triggers switched off;
  // they write only valid words.
  void create_guards(const Table& table) {
    if (!guarded_by_triggers(table)) return;
    for (const HousekeepingColumn& column : housekeeping_columns(table)) {
      if (column.words.empty()) continue;
      const std::string name = table.name + "_" + column.name;
      std::string message;
      for (const std::string& word : column.words) message += (message.empty() ? "" : ", ") + word;
      for (const auto& [suffix, event] : {std::pair("_inserted", "INSERT"), {"_updated", "UPDATE OF "}})
        out_ += "CREATE TRIGGER " + sql_name(name + suffix) + " BEFORE " + event +
                (suffix == std::string_view("_updated") ? column.name : "") + " ON " + sql_name(table.name) +
                " WHEN NOT(" + is_one_of("NEW." + column.name, column.words) + ") BEGIN SELECT RAISE(ABORT, '" +
                table.name + "." + column.name + " is one of: " + message + "'); END;\n";
    }
  }

  void create_index(const Table& table, const std::string& suffix, const std::string& columns,
                    const std::string& where = "", bool unique = false) {
    out_ += std::string("CREATE ") + (unique ? "UNIQUE " : "") + "INDEX " + sql_name(table.name + "_" + suffix) +
            " ON " + sql_name(table.name) + "(" + columns + ")" + (where.empty() ? "" : " WHERE " + where) + ";\n";
  }

  // Every index costs a page even in an empty database, and an entry for each row that is written. So each is here for
  // a query that needs it.
  void create_indexes(const Table& table) {
    const std::string owner = table.owner ? sql_name(table.owner_key) : "";
    // The rows of an owner: generation, joins with the owner, and each deletion of an owner look them up.
    if (table.owner && !table.one_per_owner) create_index(table, "owner", owner + ", position");
    // No two rows of one VM have the same ordinal.
    if (!table.ordinal.empty()) {
      const std::string number = sql_name(table.ordinal);
      create_index(table, table.ordinal, owner + ", " + number, number + " IS NOT NULL", true);
    }
    // Each deletion of a row looks for the rows that are nested in it.
    if (table.recursive) create_index(table, "parent", "parent_id");
    // What a host has: the other VMs on the host of a VM, the network or pool that a device names.
    if (table.is_root()) create_index(table, "host", "host_id");
    // Which attachments name a resource of the host, and whether any does. A hardware model needs no index: so many
    // attachments name it that a scan finds one among the first rows.
    if (table.resource && table.resource->host_scoped) create_index(table, "resource", sql_name(table.resource_key));
    for (const auto& column : table.columns) {
      const std::string name = sql_name(column->name);
      if (column->unique)
        create_index(table, column->name, owner + ", " + name, name + " <> ''", true);
      else if (column->index)
        create_index(table, column->name, name, name + " IS NOT NULL");
    }
    // A host's device is looked up by its PCI address, with the host, as other hosts have devices at the same address.
    // A guest's device has no index: its address is much the same in every VM.
    for (const Computed& computed : table.computed) {
      if (table.is_device() || computed.kind != Computed::Kind::kPciAddress) continue;
      const std::string name = sql_name(computed.name);
      create_index(table, computed.name, name + (table.host_scoped ? ", host_id" : ""), name + " IS NOT NULL");
    }
    // Each write of a device looks for the resource row that is the same thing.
    if (table.attachment) create_index(table, "identity", kIdentity, kIdentity + std::string(" IS NOT NULL"));
  }

  // Triggers for a UUID by which other rows refer to this table's rows: one that was written without dashes, or with
  // dashes in other places, is stored as libvirt spells it, because both mean the same. The programs' own writers have
  // triggers switched off and spell it so themselves.
  void create_spelling(const Table& table) {
    if (table.natural_key.empty() || table.find(table.natural_key)->type != Type::kUuid) return;
    const std::string key = sql_name(table.natural_key);
    const std::string digits = "replace(NEW." + key + ",'-','')";
    std::string usual;
    // No LIKE: `PRAGMA case_sensitive_like` makes another function of it, which a schema that is not trusted must not
    // use.
    const std::string four(4, '?');
    const std::string dashed = four + four + "-" + four + "-" + four + "-" + four + "-" + four + four + four;
    // An outer trigger (_reidentified) knows only the UUID as it was written. Back with the old one, and what belongs
    // to the VM follows to the usual one.
    const std::string back =
        table.is_vm() ? "UPDATE " + sql_name(table.name) + " SET " + key + "=OLD." + key + " WHERE id=NEW.id;\n" : "";
    for (const auto& [from, length] : {std::pair("1", "8"), {"9", "4"}, {"13", "4"}, {"17", "4"}, {"21", "12"}})
      usual += (usual.empty() ? "" : "||'-'||") + ("substr(" + digits + "," + from + "," + length + ")");
    for (const auto& [suffix, event] :
         {std::pair("_spelled", std::string("INSERT")), {"_respelled", "UPDATE OF " + key}})
      out_ += "CREATE TRIGGER " + sql_name(table.name + suffix) + " AFTER " + event + " ON " + sql_name(table.name) +
              " WHEN NEW." + key + " NOT GLOB '" + dashed + "' AND length(" + digits + ")=32 AND " + digits +
              " NOT GLOB '*[^0-9A-Fa-f]*' BEGIN\n" + (event.starts_with("UPDATE") ? back : "") + "UPDATE " +
              sql_name(table.name) + " SET " + key + "=lower(" + usual + ") WHERE id=NEW.id;\nEND;\n";
  }

  // Makes an AFTER trigger with the statements of `body`; none if `body` is empty.
  void create_trigger(const Table& table, const std::string& when, const std::string& suffix, const std::string& body,
                      const std::string& condition = "") {
    if (body.empty()) return;
    out_ += "CREATE TRIGGER " + sql_name(table.name + "_" + suffix) + " AFTER " + when + " ON " + sql_name(table.name) +
            condition + " BEGIN\n" + body + "END;\n";
  }

  static std::string mark_owner(const Table& table, const std::string& bits, const std::string& condition = "") {
    if (table.bit == 0) return "";
    return "UPDATE " + sql_name(table.owner->name) + " SET child_tables=" + bits + " WHERE " +
           std::string(table.owner->referred_column()) + "=NEW." + sql_name(table.owner_key) + condition + ";\n";
  }

  // Sets the table's bit in the row that owns a new row. RowStore has set it already, so the owner's row is mostly not
  // written.
  static std::string mark_new_owner(const Table& table) {
    const std::string bit = std::to_string(table.bit);
    return mark_owner(table, "child_tables|" + bit, " AND child_tables&" + bit + "=0");
  }

  // The same for a row that is moved to another owner, which is rare: all bits, because that is shorter. An attachment
  // comes here also if it gets another resource, so it sets only its own bit.
  static std::string mark_next_owner(const Table& table) {
    return mark_owner(table, table.resource ? "child_tables|" + std::to_string(table.bit) : "-1");
  }

  static bool is_of_vm(const Table& table) {
    if (table.attachment) return is_of_vm(*table.attachment);
    return table.owner ? is_of_vm(*table.owner) : table.is_vm();
  }

  // Deletes what belongs to the row. If foreign keys are on, they have deleted the rows of child tables already. But
  // they are off by default in most tools, and then a new row that gets the id again would have those rows. Only what
  // belongs to VMs is edited so often that this is worth its SQL; RowStore clears the way for a new network or pool.
  static std::string erase_what_belongs_to(const Table& table) {
    std::string out;
    if (!table.attachment)  // vendor_options never belong to a resource
      out = "DELETE FROM vendor_options WHERE owner_type='" + table.name + "' AND owner_id=OLD.id;\n";
    if (!is_of_vm(table)) return out;
    const std::string key = table.referred_column();
    if (table.is_vm())
      for (const std::string_view other : kOthersOfVm)
        out += "DELETE FROM " + std::string(other) + " WHERE vm_uuid=OLD." + key + ";\n";
    for (const Table* child : table.child_tables)
      if (child != &table)
        out += "DELETE FROM " + sql_name(child->name) + " WHERE " + sql_name(child->owner_key) + "=OLD." + key + ";\n";
    return out;
  }

  // Lets what belongs to a VM follow it if it gets another UUID. If foreign keys are on, they have done so already.
  static std::string update_vm_uuid(const Table& table) {
    const std::string key = table.referred_column();
    std::string out;
    const auto update = [&](const std::string& name, const std::string& owner_key) {
      out += "UPDATE " + name + " SET " + owner_key + "=NEW." + key + " WHERE " + owner_key + "=OLD." + key + ";\n";
    };
    for (const std::string_view other : kOthersOfVm) update(std::string(other), "vm_uuid");
    for (const Table* child : table.child_tables)
      if (child != &table) update(sql_name(child->name), sql_name(child->owner_key));
    return out;
  }

  // A VM that is inserted by hand is the host's, if there is one host only.
  static std::string take_the_only_host(const Table& table) {
    return "UPDATE " + table.name + " SET host_id=(SELECT id FROM hosts) WHERE id=NEW.id;\n";
  }

  // Lets the vendor_options of a device follow it if it gets another id or goes to another VM.
  static std::string move_vendor_options(const Table& table) {
    if (!table.is_device()) return "";
    return "UPDATE vendor_options SET vm_uuid=NEW.vm_uuid,owner_id=NEW.id WHERE owner_type='" + table.name +
           "' AND owner_id=OLD.id;\n";
  }

  static std::string drop_resource(const Table& table) {
    if (!table.resource) return "";
    const std::string key = sql_name(table.resource_key);
    return "DELETE FROM " + sql_name(table.resource->name) + " WHERE id=OLD." + key + " AND NOT EXISTS(SELECT 1 FROM " +
           sql_name(table.name) + " WHERE " + key + "=OLD." + key + ");\n";
  }

  void create_triggers(const Table& table) {
    create_trigger(table, "INSERT", "inserted", mark_new_owner(table));
    if (table.is_vm()) {
      create_trigger(table, "INSERT", "hosted", take_the_only_host(table),
                     " WHEN NEW.host_id IS NULL AND (SELECT count(*) FROM hosts)=1");
      create_trigger(table, "UPDATE OF " + table.referred_column(), "reidentified", update_vm_uuid(table));
    }
    std::vector<std::string> moved;
    if (table.is_device()) moved.emplace_back("id");
    if (table.is_device() || table.bit != 0) moved.push_back(sql_name(table.owner_key));
    if (table.resource) moved.push_back(sql_name(table.resource_key));
    create_trigger(
        table, "UPDATE OF " + join(moved, ", "), "moved",
        mark_next_owner(table) + move_vendor_options(table) + (table.resource ? conditional_drop(table) : ""));
    create_trigger(table, "DELETE", "deleted", erase_what_belongs_to(table) + drop_resource(table));
  }

  static std::string conditional_drop(const Table& table) {
    std::string drop = drop_resource(table);
    drop.insert(drop.rfind(';'),
                " AND OLD." + sql_name(table.resource_key) + " IS NOT NEW." + sql_name(table.resource_key));
    return drop;
  }

  const Catalog& catalog_;
  std::string out_;
};

}  // namespace

// A STRICT INTEGER takes '4' and 4.0 as 4 and refuses 4.5 and text; another spelling of a number (007, 0x10) is kept in
// the row's `layout`. MAC addresses and UUIDs compare without case.
std::string_view sqlite_type(Type type) {
  if (is_numeric(type)) return type == Type::kNumber ? "REAL" : "INTEGER";
  return type == Type::kMac || type == Type::kUuid ? "TEXT COLLATE NOCASE" : "TEXT";
}

std::vector<HousekeepingColumn> housekeeping_columns(const Table& table) {
  std::vector<HousekeepingColumn> out;
  out.push_back({"id", "INTEGER PRIMARY KEY", "Key of the row."});
  if (table.is_root()) {
    out.push_back({"host_id", "INTEGER REFERENCES hosts(id)", "The host that it was last captured on."});
    out.push_back({"source",
                   "TEXT NOT NULL DEFAULT " + sql_literal(rows_source::kManaged),
                   "imported: the rows follow libvirt; managed: the rows are the intent, captures do not change them.",
                   {rows_source::kImported, rows_source::kManaged}});
    out.push_back({"sync_status",
                   "TEXT NOT NULL DEFAULT " + sql_literal(sync_status::kUnknown),
                   "Whether libvirt's newest definition says what the rows say.",
                   {sync_status::kUnknown, sync_status::kSynced, sync_status::kDrifted}});
    out.push_back({"drift_details", "TEXT", "What differs, as JSON."});
    out.push_back({"capture_id", "INTEGER REFERENCES captures(id)", "The capture that the rows were made from."});
    out.push_back({"rows_sha256", "BLOB",
                   "SHA-256 of the XML that the rows gave then; other XML now means that they were edited."});
  }
  if (table.owner) {
    const std::string type = table.owner->natural_key.empty() ? "INTEGER NOT NULL" : "TEXT NOT NULL COLLATE NOCASE";
    out.push_back({table.owner_key,
                   type + (table.one_per_owner ? " UNIQUE" : "") + " REFERENCES " + sql_name(table.owner->name) + "(" +
                       std::string(table.owner->referred_column()) + ") ON DELETE CASCADE ON UPDATE CASCADE",
                   "The row of " + table.owner->name + " that it belongs to."});
  }
  if (table.recursive)
    out.push_back({"parent_id", "INTEGER REFERENCES " + sql_name(table.name) + "(id) ON DELETE CASCADE",
                   "The row of this table that it is nested in; NULL at the top."});
  if (table.attachment && table.host_scoped)
    out.push_back({"host_id", "INTEGER REFERENCES hosts(id)", "The host that has it."});
  if (table.resource)
    out.push_back({table.resource_key, "INTEGER REFERENCES " + sql_name(table.resource->name) + "(id)",
                   "The row of " + table.resource->name + " that is attached."});
  if (table.owner && !table.one_per_owner)
    out.push_back({"position", "INTEGER", "Its place among its siblings of the same element, from 0; NULL: last."});
  if (!table.ordinal.empty()) out.push_back({table.ordinal, "INTEGER", "Its number among those of the VM, from 0."});
  if (table.has_element_column()) {
    std::vector<std::string> names;
    for (const Element* element : table.elements)
      if (std::find(names.begin(), names.end(), element->label) == names.end()) names.emplace_back(element->label);
    out.push_back({"element", "TEXT NOT NULL", "The XML element that it is.", std::move(names)});
  }
  if (!table.attachment)
    out.push_back({"layout", "TEXT", "The order of attributes and elements where it is not libvirt's own, as JSON."});
  if (table.has_bits())
    // Without a default: a row that somebody inserts or replaces may have rows below it already.
    out.push_back({"child_tables", "INTEGER",
                   "Which tables may have rows that belong to it, as bits; kept by triggers; NULL: any."});
  if (table.attachment)
    out.push_back({kIdentity, "TEXT AS (" + identity_sql(table) + ")",
                   "All that it says, as one text: equal for the same thing; NULL for what nothing names."});
  return out;
}

std::string schema_ddl(const Catalog& catalog) { return Ddl(catalog).build(); }

}  // namespace virtsql
