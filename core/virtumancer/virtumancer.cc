#include "core/virtumancer/virtumancer.h"

#include <algorithm>
#include <utility>

#include "core/base/letters.h"
#include "core/spool/config.h"
#include "core/spool/redact.h"
#include "core/store/hosts.h"
#include "core/store/identity.h"
#include "core/virtumancer/apply.h"
#include "core/virtumancer/check.h"
#include "core/virtumancer/domain.h"
#include "core/virtumancer/ignored.h"
#include "core/virtumancer/note.h"
#include "core/virtumancer/report.h"
#include "core/virtumancer/tag.h"
#include "core/virtumancer/text.h"

namespace virtsql {
namespace {

using namespace virtumancer;

class Import {
 public:
  Import(Store& store, Source& source)
      : store_(store), database_(store.database()), report_(store.database()), source_(source), context_(source) {}

  std::int64_t run() {
    hosts();
    networks();
    pools();
    volumes();
    find_vms();
    std::int64_t taken = 0;
    for (const SourceVm& vm : context_.vms()) taken += take(vm) ? 1 : 0;
    lost_attachments();
    unused_rows();
    other_tables();
    return taken;
  }

 private:
  // ---- what hosts have

  void hosts() {
    Hosts stored(database_);
    for (const SourceRow& row : source_.table("hosts").rows) {
      if (row.deleted) continue;
      std::string name(row.get("name").empty() ? row.get("id") : row.get("name"));
      // Two hosts with the same name stay two: the second gets its id behind the name.
      if (!host_names_.insert(name).second) {
        name += " " + row.id;
        host_names_.insert(name);
        report_.tell(
            {"hosts", "hosts", row.id, "inferred", "named \"" + name + "\", as there is another of its name", ""});
      }
      const std::int64_t id = stored.id(name);
      if (!row.get("uri").empty()) {
        Use update(database_.prepared("UPDATE hosts SET uri = ?1 WHERE id = ?2 AND uri IS NULL"));
        update->bind_text(1, row.get("uri"));
        update->bind_int(2, id);
        update->run();
      }
      hosts_.emplace(row.id, name);
      context_.use(row);
    }
  }

  // Returns the name of the row's host; empty if that host is missing or deleted.
  std::string host_of(const SourceRow& row) const {
    const auto found = hosts_.find(row.get("host_id"));
    return found == hosts_.end() ? std::string() : found->second;
  }

  // Makes managed rows of the element. Its name is that of a root of the catalog.
  Defined define(const Tag& tag, const std::string& host) { return define(tag.xml(), tag.name, host); }

  // Makes managed rows of the document without its secrets, unless what it describes is there already. Throws
  // xml::Error if its secrets cannot be removed or if store_.define() refuses it.
  Defined define(std::string_view xml, const std::string& root, const std::string& host) {
    const Redacted redacted = redact(xml, redact_);
    if (!redacted.error.empty()) throw xml::Error(redacted.error);
    return store_.define(redacted.xml, root, host);
  }

  void leave_out(const std::string& what, const SourceRow& row, const std::string& detail) {
    report_.tell(left_out(what, row, detail));
  }

  void tell_rest(const std::string& what, const SourceRow& row, const Reading& reading) {
    if (const std::optional<Note> note = rest_of(what, row, reading)) report_.tell(*note);
  }

  void networks() {
    for (const SourceRow& row : source_.table("networks").rows) {
      if (row.deleted) continue;
      context_.use(row);
      Reading reading(row.values);
      Tag tag;
      tag.name = "network";
      apply(tag, reading, {{"name", "name", "line"}});
      if (!tag.has("name")) {
        leave_out("networks", row, "a network without a name");
        continue;
      }
      apply(tag, reading, {{"uuid", "uuid", "uuid"}});
      const std::string_view mode = reading.look("mode");
      if (one_of(mode, "bridged|bridge")) {
        tag.set("forward/@mode", "bridge");
        reading.use("mode");
      } else if (mode == "isolated") {
        reading.use("mode");
      } else {
        apply(tag, reading, {{"mode", "forward/@mode", kForwardModes}});
      }
      // Where guests use devices of the host there is no bridge, and libvirt takes none.
      if (!one_of(tag.get("forward/@mode"), "private|vepa|passthrough|hostdev"))
        apply(tag, reading, {{"bridge_name", "bridge/@name", "token"}});
      if (define(tag, host_of(row)).created) tell_rest("networks", row, reading);
    }
  }

  static void size(Tag& tag, Reading& reading, std::string_view column, const std::string& path) {
    apply(tag, reading, {{column, path, "positive"}});
    if (tag.has(path)) tag.set(path + "/@unit", "bytes");
  }

  void pools() {
    for (const SourceRow& row : source_.table("storage_pools").rows) {
      if (row.deleted) continue;
      context_.use(row);
      Reading reading(row.values);
      Tag tag;
      tag.name = "pool";
      apply(tag, reading, {{"type", "@type", kPoolTypes}});
      apply(tag, reading, {{"name", "name", "line"}});
      if (!tag.has("name")) {
        leave_out("storage_pools", row, "a pool without a name");
        continue;
      }
      apply(tag, reading, {{"uuid", "uuid", "uuid"}});
      size(tag, reading, "capacity_bytes", "capacity");
      size(tag, reading, "allocation_bytes", "allocation");
      apply(tag, reading, {{"path", "target/path", "path"}});
      const bool typed = tag.has("@type");
      if (!typed) tag.set("@type", "dir");
      if (!define(tag, host_of(row)).created) continue;
      if (!typed) report_.tell({"storage_pools.type", "storage_pools", row.id, "defaulted", "dir", ""});
      tell_rest("storage_pools", row, reading);
    }
  }

  void volumes() {
    for (const SourceRow& row : source_.table("volumes").rows) {
      if (row.deleted) continue;
      const SourceRow* pool = context_.find("storage_pools", row.get("storage_pool_id"));
      Reading reading(row.values);
      reading.use("storage_pool_id");
      const std::string path = volume_path(context_, row);
      // Earlier versions of virtumancer write the path of a volume as its name.
      const std::string name = path.empty() ? std::string(row.get("name")) : path.substr(path.rfind('/') + 1);
      if (!pool) continue;  // libvirt has no volume without a pool; disks.cc reads it if a disk uses it
      context_.use(row);
      if (name.empty() || !checked("line", name)) {
        leave_out("volumes", row, "a volume without a name");
        continue;
      }
      reading.use("name");
      reading.use("path");
      reading.use("type");  // DISK or ISO: virtumancer's words, not libvirt's
      Tag tag;
      tag.name = "volume";
      tag.set("name", name);
      size(tag, reading, "capacity_bytes", "capacity");
      size(tag, reading, "allocation_bytes", "allocation");
      if (checked("path", path) && !path.empty()) tag.set("target/path", path);
      apply(tag, reading, {{"format", "target/format/@type", kImageFormats}});
      if (define(tag, host_of(*pool)).created) tell_rest("volumes", row, reading);
    }
  }

  // ---- VMs

  // Lists the VMs with their names and UUIDs. These depend on the source alone, so every import gives a VM the same
  // UUID.
  void find_vms() {
    const SourceTable& table = source_.table("virtual_machines");
    // Other rows refer to a VM by its own UUID in older databases and by its id in newer ones. The first VM with a key
    // keeps it, so VMs that are not deleted come first.
    for (const bool deleted : {false, true})
      for (const char* column : {"uuid", "id", "domain_uuid"})
        for (const SourceRow& row : table.rows)
          if (row.deleted == deleted) context_.add_vm_key(row.get(column), row);
    std::set<std::string> taken;
    for (const SourceRow& row : table.rows) {
      context_.use(row);
      if (row.deleted) {
        report_.tell({"virtual_machines", "virtual_machines", row.id, "left out", "deleted in virtumancer", ""});
        continue;
      }
      SourceVm vm;
      vm.row = &row;
      vm.host_name = host_of(row);
      vm.host = vm.host_name.empty() ? nullptr : context_.find("hosts", row.get("host_id"));
      vm.name = row.get("name");
      if (!usable(vm.name)) vm.name.clear();
      std::replace_if(
          vm.name.begin(), vm.name.end(), [](char c) { return c == '/' || c == '\n'; }, '_');
      if (vm.name.find_first_not_of(" \t") == std::string::npos) vm.name = "vm-" + row.id;
      if (!usable(vm.name)) vm.name = "vm";
      for (const char* column : {"domain_uuid", "uuid", "id"}) {
        const std::string uuid = lower_case(row.get(column));
        if (!uuid.empty() && checked("uuid", uuid) && taken.insert(uuid).second) {
          vm.uuid = uuid;
          break;
        }
      }
      for (std::string salt = vm.host_name + "\n" + row.id; vm.uuid.empty(); salt += '+') {
        const std::string uuid = made_up_uuid(salt, vm.name);
        if (taken.insert(uuid).second) vm.uuid = uuid;
      }
      context_.vms().push_back(vm);
    }
  }

  // Takes the VM over. Returns whether it is new.
  bool take(const SourceVm& vm) {
    const SourceRow& row = *vm.row;
    std::vector<Note> notes;
    notes.push_back({"virtual_machines", row.table, row.id, "imported", "", ""});
    if (vm.host)
      notes.back().detail = vm.name + " of " + vm.host_name;
    else
      notes.back().detail = vm.name;
    if (vm.name != row.get("name"))
      notes.push_back({"name", row.table, row.id, "defaulted", vm.name + ": libvirt takes no such name as it has", ""});
    if (!vm.host && !row.get("host_id").empty())
      notes.push_back({"virtual_machines.host_id", row.table, row.id, "left out",
                       "hosts has no row " + std::string(row.get("host_id")) + ", or it is deleted", ""});
    if (vm.uuid != lower_case(row.get("domain_uuid")))
      notes.push_back({"uuid", row.table, row.id, "inferred",
                       vm.uuid + (row.get("domain_uuid").empty() ? ": virtumancer does not know libvirt's"
                                                                 : ": libvirt's is not valid, or another VM's too"),
                       ""});
    // Build the XML even if the VM is there already, because this marks the rows that it uses. lost_attachments() and
    // unused_rows() report the others.
    const std::string xml = domain_of(context_, vm, notes);
    const Defined defined = define(xml, "domain", vm.host_name);
    if (!defined.created) {
      if (!report_.has_imported(vm.uuid))
        report_.tell(
            {"virtual_machines", row.table, row.id, "left out", "the VM is in the database already, from libvirt", ""},
            vm.uuid);
      return false;
    }
    snapshots(vm, notes);
    report_.tell_of_vm(notes, defined.id, vm.uuid);
    return true;
  }

  void snapshots(const SourceVm& vm, std::vector<Note>& notes) {
    for (const SourceRow* row : context_.rows_of("vm_snapshots", vm)) {
      Reading reading(row->values);
      Tag tag;
      tag.name = "domainsnapshot";
      apply(tag, reading, {{"name", "name", "snapshot"}});
      if (!tag.has("name")) {
        notes.push_back(left_out("vm_snapshots", *row, "a snapshot without a name that libvirt takes"));
        continue;
      }
      apply(tag, reading, {{"description", "description", "text"}});
      const std::string state = lower_case(row->get("state"));
      if (one_of(state, "nostate|running|blocked|paused|shutdown|shutoff|crashed|pmsuspended|disk-snapshot"))
        tag.set("state", state);
      if (row->get("parent_name") != row->get("name"))
        apply(tag, reading, {{"parent_name", "parent/name", "snapshot"}});
      tag.set("domain/uuid", vm.uuid);
      if (!whole_snapshot(vm, row->get("config_xml"))) {
        complete_snapshot(*row, tag, notes);
        define(tag, vm.host_name);
      } else {
        reading.use("config_xml");
        // The document is taken as it is. What the row says otherwise has no place.
        for (const auto& [column, path] : {std::pair("name", "name"), std::pair("parent_name", "parent/name")})
          if (!says(row->get("config_xml"), path, row->get(column))) reading.unuse(column);
      }
      if (const std::vector<std::string_view> columns = unused_columns(reading); !columns.empty()) {
        const bool refused = std::find(columns.begin(), columns.end(), "config_xml") != columns.end();
        notes.push_back({"vm_snapshots", row->table, row->id, "left out",
                         refused ? "made from its columns: config_xml is no snapshot of the VM"
                                 : "libvirt's XML of a snapshot has no place for it",
                         row_json(*row, columns)});
      }
    }
  }

  // Gives the snapshot its time and state: libvirt takes it back only with both.
  void complete_snapshot(const SourceRow& row, Tag& tag, std::vector<Note>& notes) {
    if (const std::string time = seconds_of(row.get("created_at")); !time.empty()) tag.set("creationTime", time);
    if (tag.has("state")) return;
    tag.set("state", "shutoff");
    notes.push_back({"vm_snapshots/state", row.table, row.id, "defaulted", "shutoff", ""});
  }

  // Returns the seconds since 1970 at the time, which is a text as SQLite reads it; empty if it is none.
  std::string seconds_of(std::string_view time) {
    Use query(database_.prepared("SELECT strftime('%s', ?1)"));
    query->bind_text(1, time);
    return query->step() ? std::string(query->get_text(0)) : std::string();
  }

  // Whether the document has the text at the path below its root. Empty: it has none.
  static bool says(std::string_view xml, std::string_view path, std::string_view text) {
    const xml::Document document = xml::Document::parse(xml);
    const xml::Node* node = document.root();
    for_each_part(path, '/', [&](std::string_view step) {
      const xml::Node* child = node ? node->first_child : nullptr;
      while (child && child->name != step) child = child->next;
      node = child;
    });
    return (node && node->first_child ? std::string_view(node->first_child->text) : std::string_view()) == text;
  }

  // Takes the snapshot over as libvirt wrote it. Returns false if `text` is not a <domainsnapshot> of this VM.
  bool whole_snapshot(const SourceVm& vm, std::string_view text) {
    if (text.empty()) return false;
    try {
      const xml::Document document = xml::Document::parse(text);
      if (document.root()->name != "domainsnapshot") return false;
      for (const xml::Node* child = document.root()->first_child; child; child = child->next) {
        if (child->name != "domain") continue;
        for (const xml::Node* inner = child->first_child; inner; inner = inner->next)
          if (inner->name == "uuid" && inner->first_child && lower_case(inner->first_child->text) == vm.uuid) {
            define(text, "domainsnapshot", vm.host_name);
            return true;
          }
      }
    } catch (const xml::Error&) {
      // The caller makes the snapshot from the columns instead.
    }
    return false;
  }

  // ---- what is left

  void lost_attachments() {
    for (const std::string& table : source_.names()) {
      if (is_administration(table)) continue;
      const SourceTable& rows = source_.table(table);
      if (!has_vms(rows)) continue;
      for (const SourceRow& row : rows.rows) {
        if (row.deleted || context_.vm_of(row) || context_.is_used(row)) continue;
        const std::string key(row.get("vm_uuid").empty() ? row.get("vm_id") : row.get("vm_uuid"));
        leave_out(table, row, key.empty() ? "no VM uses it" : "virtual_machines has no row " + key);
      }
    }
  }

  void unused_rows() {
    for (const std::string& table : source_.names()) {
      if (is_administration(table) || table == "virtual_machines") continue;
      const SourceTable& rows = source_.table(table);
      if (has_vms(rows)) continue;
      for (const SourceRow& row : rows.rows)
        if (!row.deleted && !context_.is_used(row))
          leave_out(table, row,
                    is_read(table) ? "no VM uses it" : "virtsql has no place for it, and it is of no certain VM");
    }
  }

  void other_tables() {
    for (const std::string& table : source_.names())
      if (is_administration(table) && table != "attachment_indices" && !table.starts_with("sqlite_"))
        if (!source_.table(table).rows.empty())
          report_.tell({table, table, "", "left out", "measurements or administration, nothing of a definition", ""});
  }

  Store& store_;
  const std::vector<std::string> redact_ = readable_config().redact;
  Database& database_;
  Report report_;
  Source& source_;
  Context context_;
  std::map<std::string, std::string, std::less<>> hosts_;  // names of hosts, by the ids that they have in the source
  std::set<std::string> host_names_;
};

}  // namespace

std::int64_t import_virtumancer(Store& store, const std::string& path) {
  store.check_schema(Access::kWrite);
  Source source(path);
  Savepoint savepoint(store.database());
  const std::int64_t taken = Import(store, source).run();
  savepoint.release();
  return taken;
}

}  // namespace virtsql
