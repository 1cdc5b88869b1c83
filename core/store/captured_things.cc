#include "core/store/captured_things.h"

#include <string_view>
#include <utility>

#include "core/base/sql_quote.h"
#include "core/spool/kinds.h"
#include "core/spool/operations.h"
#include "core/spool/states.h"
#include "core/store/capture_conditions.h"
#include "core/store/kind.h"

namespace virtsql {
namespace {

// SQL for the captures.seq of the newest capture of that config of the VM `v` on the host of its state `s`: with a
// document or without, readable or not, because all of that is what libvirt last said.
std::string newest_on_host(std::string_view config) {
  return "(SELECT c.seq FROM captures AS c WHERE c.vm_uuid = v.uuid AND c.kind = 'domain' AND c.host_id = s.host_id "
         "AND c.config = " +
         sql_literal(config) + " AND " + sql_is_in_order("c") + " ORDER BY c.seq DESC LIMIT 1)";
}

// SQL for what a row `t` of the table belongs to, as CapturedThing::owner has it; NULL if it belongs to nothing, or to
// what cannot be told. No document of a volume names its pool, but the volume's path begins with the pool's folder,
// device or RBD pool.
std::string owner_sql(const Table& table, std::string_view kind) {
  if (is_of_a_vm(table)) return "t.vm_uuid";
  if (kind != kinds::kVolume) return "NULL";
  return "(SELECT CASE count(*) WHEN 1 THEN max(p.name) END FROM storage_pools AS p WHERE p.host_id = t.host_id AND "
         "coalesce(rtrim(p.path, '/'), p.source_name) || '/' = rtrim(t.path, replace(t.path, '/', '')))";
}

// SQL for the things that have a row in the root's table. An edited row still names the capture that it was made from,
// so its newest capture is searched for.
std::string objects_sql(const Table& table, std::string_view kind) {
  const std::string name = "t." + quote_identifier(table.name_column);
  const bool has_vm = table.find("vm_uuid") || table.find_computed("vm_uuid");
  return "SELECT h.name, c.driver, ?1, " + name + ", " + name + ", c.document_sha256, c.config, " +
         owner_sql(table, kind) + ", CASE c.source WHEN 'hook' THEN NULL ELSE c.extra END FROM " +
         quote_identifier(table.name) +
         " AS t JOIN hosts AS h ON h.id = t.host_id JOIN captures AS c ON c.id = CASE t.source WHEN 'imported' THEN "
         "t.capture_id ELSE (SELECT n.id FROM captures AS n WHERE n.kind = ?1 AND n.host_id = t.host_id AND n.name = " +
         name + " AND n.vm_uuid IS " + (has_vm ? "t.vm_uuid" : "NULL") +
         " ORDER BY n.seq DESC LIMIT 1) END WHERE c.source IN ('event', 'sync', 'hook') AND c.operation <> 'undefine' "
         "AND " +
         name + " IS NOT NULL";
}

// The thing in a result row whose first columns are host, driver, kind, id and name.
CapturedThing thing_in(const Statement& row) {
  CapturedThing thing;
  thing.host = row.get_text(0);
  thing.driver = row.get_text(1);
  thing.kind = row.get_text(2);
  thing.id = row.get_text(3);
  thing.name = row.get_text(4);
  return thing;
}

}  // namespace

std::vector<CapturedThing> captured_domains(Database& database) {
  Statement statement(
      database.handle(),
      "SELECT h.name, coalesce(p.driver, l.driver), 'domain', v.uuid, v.name, p.document_sha256, l.document_sha256, "
      "s.state, s.reason, s.autostart, s.persistent, s.managed_save, (SELECT c.extra FROM captures AS c WHERE "
      "c.vm_uuid = v.uuid AND c.kind = 'domain' AND c.host_id = s.host_id AND c.source IN ('event', 'sync') ORDER BY "
      "c.seq DESC LIMIT 1), EXISTS (SELECT 1 FROM captures AS f WHERE f.id = v.capture_id AND f.operation = 'prepare' "
      "AND f.seq > coalesce(p.seq, 0)) FROM vm_states AS s JOIN hosts AS h ON h.id = s.host_id JOIN virtual_machines "
      "AS v ON v.uuid = s.vm_uuid LEFT JOIN captures AS p ON p.seq = " +
          newest_on_host("persistent") + " LEFT JOIN captures AS l ON l.seq = " + newest_on_host("live") +
          " WHERE coalesce(p.source, l.source) <> 'import'");
  std::vector<CapturedThing> out;
  while (statement.step()) {
    CapturedThing& thing = out.emplace_back(thing_in(statement));
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
  }
  return out;
}

std::vector<CapturedThing> captured_objects(Database& database, const Catalog& catalog) {
  std::vector<CapturedThing> out;
  for (const auto& root : catalog.roots()) {
    const Table& table = *root->table;
    if (table.is_vm() || table.name_column.empty()) continue;
    const std::string_view kind = kind_of_root(root->name);
    Statement statement(database.handle(), objects_sql(table, kind));
    statement.bind_text(1, kind);
    while (statement.step()) {
      CapturedThing& thing = out.emplace_back(thing_in(statement));
      (statement.get_text(6) == "live" ? thing.live_sha256 : thing.persistent_sha256) = statement.get_blob(5);
      thing.owner = statement.get_text(7);
      thing.uri = statement.get_text(8);
    }
  }
  return out;
}

std::vector<CapturedThing> captured_running_objects(Database& database) {
  Statement statement(
      database.handle(),
      "SELECT h.name, c.driver, c.kind, c.name, c.name, c.document_sha256, max(c.seq) FROM captures AS c JOIN hosts AS "
      "h ON h.id = c.host_id WHERE c.vm_uuid IS NULL AND c.kind <> 'domain' AND c.config = 'live' AND "
      "(c.document_sha256 IS NOT NULL OR c.operation = 'stopped') AND c.source IN ('event', 'sync') GROUP BY "
      "c.host_id, c.driver, c.kind, c.name");
  std::vector<CapturedThing> out;
  while (statement.step()) out.emplace_back(thing_in(statement)).live_sha256 = statement.get_blob(5);
  return out;
}

std::vector<HookEvent> hook_events_since(Database& database, std::int64_t seq) {
  Statement statement(
      database.handle(),
      "SELECT h.name, c.driver, c.kind, coalesce(c.vm_uuid, c.name), coalesce(v.name, c.name), c.operation, "
      "c.operation = 'prepare' AND v.capture_id = c.id FROM captures AS c JOIN hosts AS h ON h.id = c.host_id LEFT "
      "JOIN virtual_machines AS v ON v.uuid = c.vm_uuid WHERE c.seq > ?1 AND c.source = 'hook' AND c.kind IN "
      "('domain', 'network') AND coalesce(c.vm_uuid, c.name) IS NOT NULL ORDER BY c.seq");
  statement.bind_int(1, seq);
  std::vector<HookEvent> out;
  while (statement.step()) {
    HookEvent& event = out.emplace_back();
    event.thing = thing_in(statement);
    const std::string_view operation = statement.get_text(5);
    event.begins = operation == operations::kPrepare || operation == operations::kStart;
    event.started = operation == operations::kStarted;
    event.ended = operations::has_ended(operation);
    event.reconnected = operation == operations::kReconnect;
    event.is_row_source = statement.get_int(6) != 0;
  }
  return out;
}

std::string state_of(const Capture& record) {
  return record.state + "\n" + record.reason + "\n" + record.autostart + "\n" + record.persistent + "\n" +
         record.managed_save;
}

}  // namespace virtsql
