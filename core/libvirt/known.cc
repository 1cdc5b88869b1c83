#include "core/libvirt/known.h"

#include <algorithm>
#include <utility>

#include "core/base/sha256.h"
#include "core/base/sql_quote.h"
#include "core/catalog/catalog.h"
#include "core/libvirt/objects.h"
#include "core/spool/operations.h"
#include "core/spool/spool.h"
#include "core/spool/states.h"

namespace virtsql {
namespace {

using kinds::kDomain;

bool belongs_to_domain(std::string_view kind_name) {
  const ObjectKind* const kind = find_object_kind(kind_name);
  return kind && kind->owner == kDomain;
}

// The SQL expression for what a row `t` belongs to, as Thing::owner has it; NULL if it belongs to nothing, or to what
// cannot be told. No document of a volume names its pool, but the volume's path begins with the pool's folder, device
// or RBD pool.
std::string owner_sql(std::string_view kind_name) {
  if (belongs_to_domain(kind_name)) return "t.vm_uuid";
  if (kind_name != kinds::kVolume) return "NULL";
  return "(SELECT CASE count(*) WHEN 1 THEN max(p.name) END FROM storage_pools AS p WHERE p.host_id = t.host_id AND "
         "coalesce(rtrim(p.path, '/'), p.source_name) || '/' = rtrim(t.path, replace(t.path, '/', '')))";
}

// The thing in a result row whose first columns are host, driver, kind, id and name.
Thing thing_in(const Statement& row) {
  Thing thing;
  thing.host = row.get_text(0);
  thing.driver = row.get_text(1);
  thing.kind = row.get_text(2);
  thing.id = row.get_text(3);
  thing.name = row.get_text(4);
  return thing;
}

}  // namespace

Thing thing_of(const Capture& record) {
  Thing thing;
  thing.host = record.host;
  thing.driver = record.driver;
  thing.kind = record.kind;
  thing.name = record.name;
  thing.id = record.kind == kDomain ? record.uuid : record.name;
  if (belongs_to_domain(thing.kind)) thing.owner = record.uuid;
  return thing;
}

std::string state_of(const Capture& record) {
  return record.state + "\n" + record.reason + "\n" + record.autostart + "\n" + record.persistent + "\n" +
         record.managed_save;
}

// ---- the database

void Known::load(Database& database) {
  load_domains(database);
  load_objects(database);
}

void Known::load_domains(Database& database) {
  // Leaves out VMs whose newest document a user imported: libvirt cannot say that these are gone.
  Statement statement(
      database.handle(),
      "SELECT h.name, coalesce(p.driver, l.driver), 'domain', v.uuid, v.name, p.document_sha256, l.document_sha256, "
      "s.state, "
      "s.reason, s.autostart, s.persistent, s.managed_save, (SELECT c.extra FROM captures AS c WHERE c.vm_uuid = "
      "v.uuid "
      "AND c.kind = 'domain' AND c.host_id = s.host_id AND c.source IN ('event', 'sync') ORDER BY c.seq DESC LIMIT 1), "
      "EXISTS (SELECT 1 FROM captures AS f WHERE f.id = v.capture_id AND f.operation = 'prepare' AND f.seq > "
      "coalesce(p.seq, 0)) FROM "
      "vm_states AS s JOIN hosts AS h ON h.id = s.host_id JOIN virtual_machines AS v ON v.uuid = s.vm_uuid LEFT JOIN "
      "captures AS p ON p.seq = (SELECT c.seq FROM captures AS c WHERE c.vm_uuid = v.uuid AND c.kind = 'domain' AND "
      "c.host_id = s.host_id AND c.config = 'persistent' AND c.seq NOT IN (SELECT seq FROM late_captures) ORDER BY "
      "c.seq DESC LIMIT 1) LEFT JOIN "
      "captures AS l ON l.seq = (SELECT c.seq FROM "
      "captures AS c WHERE c.vm_uuid = v.uuid AND c.kind = 'domain' AND c.host_id = s.host_id AND c.config = 'live' "
      "AND c.seq NOT IN (SELECT seq "
      "FROM late_captures) ORDER BY c.seq DESC LIMIT 1) "
      "WHERE coalesce(p.source, l.source) <> 'import'");
  while (statement.step()) {
    Thing thing = thing_in(statement);
    thing.persistent_sha256 = statement.get_blob(5);
    thing.live_sha256 = statement.get_blob(6);
    Capture said;
    std::string* const parts[] = {&said.state, &said.reason, &said.autostart, &said.persistent, &said.managed_save};
    int column = 7;
    for (std::string* part : parts) *part = statement.get_text(column++);
    thing.state = state_of(said);
    thing.uri = statement.get_text(column++);
    thing.follows_start = statement.get_int(column) != 0;
    thing.gone = said.state == states::kUndefined;
    things_.try_emplace(key_of(thing), thing);
  }
}

void Known::load_objects(Database& database) {
  for (const auto& root : Catalog::standard().roots()) {
    const Table& table = *root->table;
    if (table.is_vm() || table.name_column.empty()) continue;
    const std::string_view kind = kind_of_root(root->name);
    Statement statement(
        database.handle(),
        "SELECT h.name, c.driver, ?1, t." + quote_identifier(table.name_column) + ", t." +
            quote_identifier(table.name_column) + ", c.document_sha256, c.config, " + owner_sql(kind) +
            ", CASE c.source WHEN 'hook' THEN NULL ELSE c.extra END FROM " + quote_identifier(table.name) +
            // An edited row still names the capture that it was made from, so its newest capture is searched for.
            " AS t JOIN hosts AS h ON h.id = t.host_id JOIN captures AS c ON c.id = CASE t.source WHEN 'imported' THEN "
            "t.capture_id ELSE (SELECT n.id FROM captures AS n WHERE n.kind = ?1 AND n.host_id = t.host_id AND n.name "
            "= "
            "t." +
            quote_identifier(table.name_column) + " AND n.vm_uuid IS " +
            (table.find("vm_uuid") || table.find_computed("vm_uuid") ? "t.vm_uuid" : "NULL") +
            " ORDER BY n.seq DESC LIMIT 1) END WHERE c.source IN ('event', 'sync', 'hook') AND c.operation <> "
            "'undefine' AND t." +
            quote_identifier(table.name_column) + " IS NOT NULL");
    statement.bind_text(1, kind);
    while (statement.step()) {
      Thing thing = thing_in(statement);
      (statement.get_text(6) == "live" ? thing.live_sha256 : thing.persistent_sha256) = statement.get_blob(5);
      thing.owner = statement.get_text(7);
      thing.uri = statement.get_text(8);
      things_.try_emplace(key_of(thing), thing);
    }
  }
  // The newest live documents of things that libvirt keeps twice. The rows above name only one capture each.
  Statement others(
      database.handle(),
      "SELECT h.name, c.driver, c.kind, c.name, c.name, c.document_sha256, max(c.seq) FROM captures AS c JOIN hosts AS "
      "h ON "
      "h.id = c.host_id WHERE c.vm_uuid IS NULL AND c.kind <> 'domain' AND c.config = 'live' AND c.document_sha256 IS "
      "NOT NULL AND c.source IN ('event', 'sync') GROUP BY c.host_id, c.driver, c.kind, c.name");
  while (others.step()) {
    const Thing thing = thing_in(others);
    // A thing that is not known here has no row any more, so it is gone.
    Thing* const known = entry(thing);
    if (known && known->live_sha256.empty()) known->live_sha256 = others.get_blob(5);
  }
}

std::vector<Thing> Known::learn(Database& database, std::int64_t since) {
  std::vector<Thing> out;
  Statement told(database.handle(),
                 "SELECT h.name, c.driver, c.kind, coalesce(c.vm_uuid, c.name), coalesce(v.name, c.name), c.operation, "
                 "c.operation = 'prepare' AND v.capture_id = c.id, c.operation = 'reconnect' FROM "
                 "captures AS c JOIN hosts AS h ON h.id = c.host_id LEFT JOIN "
                 "virtual_machines AS v ON v.uuid = c.vm_uuid WHERE c.seq > ?1 AND c.source = 'hook' AND c.kind IN "
                 "('domain', 'network') AND coalesce(c.vm_uuid, c.name) IS NOT NULL ORDER BY c.seq");
  told.bind_int(1, since);
  while (told.step()) {
    const Thing thing = thing_in(told);
    Thing* const known = entry(thing);
    const bool ended = operations::has_ended(told.get_text(5));
    const bool follows_start = told.get_int(6) != 0;
    const bool reconnected = told.get_int(7) != 0;
    if (ended && known && known->gone) continue;  // it ended before it was gone
    if (!known || known->gone || (ended && known->persistent_sha256.empty()) || follows_start || reconnected)
      out.push_back(thing);
    Thing& now = entry_or_new(thing);
    now.gone = false;
    now.follows_start = now.follows_start || follows_start;
    if (reconnected) now.state.clear();
  }
  return out;
}

// ---- what is remembered

std::string Known::key_of(const Thing& thing) {
  const bool of_domain = belongs_to_domain(thing.kind);
  // The network hook does not say which libvirt it is of, and all drivers of a host share its networks.
  const bool of_host = thing.kind == kinds::kNetwork || thing.kind == kinds::kNetworkPort;
  return thing.host + "\n" + (of_host ? "" : thing.driver) + "\n" + thing.kind + "\n" + (of_domain ? thing.owner : "") +
         "\n" + thing.id;
}

Thing* Known::entry(const Thing& thing) {
  const auto found = things_.find(key_of(thing));
  if (found == things_.end()) return nullptr;
  // A thing that only the network hook saw so far gets this thing's driver.
  if (found->second.driver == kNetworkHook) found->second.driver = thing.driver;
  return &found->second;
}

Thing& Known::entry_or_new(const Thing& thing) {
  Thing* const known = entry(thing);
  return known ? *known : things_.emplace(key_of(thing), thing).first->second;
}

bool Known::is_news(const Capture& record) {
  const Thing* const known = entry(thing_of(record));
  if (!known || known->gone) return true;
  if (record.xml.empty()) return record.state.empty() || state_of(record) != known->state;
  if (record.config == "persistent" && known->follows_start) return true;
  return sha256(record.xml) != (record.config == "live" ? known->live_sha256 : known->persistent_sha256);
}

void Known::remember(const Capture& record) {
  const Thing thing = thing_of(record);
  Thing& known = entry_or_new(thing);
  const bool undefined = record.operation == operations::kUndefine;
  // A running domain goes on without a definition until it stops, so that its state says whether it is gone.
  known.gone = thing.kind == kDomain ? record.state == states::kUndefined : undefined;
  if (!record.name.empty()) known.name = record.name;
  if (!record.state.empty()) known.state = state_of(record);
  const std::string digest = record.xml.empty() ? std::string() : sha256(record.xml);
  if (record.config == "persistent") {
    known.persistent_sha256 = digest;
    known.follows_start = false;
  }
  if (record.config == "live" || undefined) known.live_sha256 = digest;
}

void Known::see(const Thing& thing, const std::string& uri, std::uint64_t look) {
  Thing& known = entry_or_new(thing);
  known.gone = false;
  known.look = look;
  // What all drivers of a host share belongs to the first libvirt that named it.
  if (known.driver != thing.driver && !known.uri.empty()) return;
  known.driver = thing.driver;
  known.uri = uri;
  known.name = thing.name;
  known.owner = thing.owner;
}

std::vector<Thing> Known::things(const std::function<bool(const Thing&)>& wanted) const {
  std::vector<Thing> out;
  for (const auto& [key, thing] : things_)
    if (!thing.gone && wanted(thing)) out.push_back(thing);
  return out;
}

}  // namespace virtsql
