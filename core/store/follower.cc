#include "core/store/follower.h"

#include <cassert>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "core/schema/root_words.h"
#include "core/spool/operations.h"
#include "core/store/capture_conditions.h"
#include "core/store/drift.h"
#include "core/store/store_error.h"
#include "core/store/vm_states.h"

namespace virtsql {

std::int64_t Follower::find(std::string_view vm_uuid) {
  Use statement(database_.prepared("SELECT id FROM virtual_machines WHERE uuid = ?1"));
  statement->bind_text(1, vm_uuid);
  return statement->step() ? statement->get_int(0) : 0;
}

// Whether libvirt goes on with a VM that ran before: the hook's last capture before this one was a restore or migrate.
bool Follower::continues(const CaptureResult& capture) {
  return operations::continues_vm(captures_.hook_before(capture.vm_uuid, capture.seq));
}

void Follower::apply(Arrival& arrival, std::int64_t host_id) {
  assert(arrival.has_vm_rows());
  const CaptureResult& capture = arrival.result;
  const std::int64_t id = find(capture.vm_uuid);
  const bool persistent = arrival.capture().config == "persistent";
  const bool definition_known = id != 0 && captures_.had_definition(capture.vm_uuid, capture.seq);
  const bool prepared = definition_known && arrival.capture().operation == operations::kPrepare && !continues(capture);
  const bool given = definition_known && arrival.capture().source == "import" && !persistent &&
                     captures_.is_imported_only(capture.vm_uuid);
  if (definition_known && !persistent && !prepared && !given) return;

  const RootState state =
      RootState::imported(host_id, capture.id, persistent || prepared ? sync_status::kSynced : sync_status::kUnknown);
  const RootRows::Role role = prepared ? RootRows::Role::kStart
                              : given  ? RootRows::Role::kGiven
                                       : RootRows::Role::kDefinition;
  if (id == 0)
    rows_.insert(arrival.document(), state);
  else if (!rows_.apply_unchanged(catalog_.root("domain"), id, arrival.rows_digest(), state, role))
    rows_.apply(catalog_.root("domain"), id, arrival.document(), state, role);
}

void Follower::update_drift(const std::string& vm_uuid) {
  const std::int64_t id = find(vm_uuid);
  if (id == 0 || !captures_.newest(vm_uuid, "live")) return;
  const auto persistent = captures_.newest(vm_uuid, "persistent");
  if (persistent && !persistent->digest.empty()) store_drift(id);
}

void Follower::store_drift(std::int64_t id) {
  std::vector<Difference> differences;
  std::set<std::tuple<Difference::Change, std::string, std::string, std::string>> known;
  for (Drift& drift : drift_of(database_, row_store_, captures_, catalog_, id)) {
    const Difference& each = drift.difference;
    if (known.emplace(each.change, each.path, each.key, each.new_value).second)
      differences.push_back(std::move(drift.difference));
  }
  rows_.set_drift(*catalog_.root("domain").table, id, differences, false);
}

void Follower::choose_host(const std::string& vm_uuid) {
  const std::int64_t id = find(vm_uuid);
  if (id == 0) return;
  static const std::string kRunsOn =
      "SELECT min(host_id) FROM vm_states WHERE vm_uuid = ?1 AND " + sql_is_active("state") + " HAVING count(*) = 1";
  Use running(database_.prepared(kRunsOn));
  running->bind_text(1, vm_uuid);
  // A VM that is being migrated runs on two hosts. Its rows then stay where they are.
  std::int64_t host = running->step() ? running->get_int(0) : 0;
  if (host == 0) {
    static const std::string kDefinedOn =
        "SELECT c.host_id FROM virtual_machines AS v JOIN vm_states AS o ON o.vm_uuid = v.uuid AND o.host_id = "
        "v.host_id JOIN captures AS c ON c.vm_uuid = v.uuid JOIN vm_states AS s ON s.vm_uuid = v.uuid AND s.host_id = "
        "c.host_id WHERE v.id = ?1 AND o.state = 'undefined' AND s.state = 'shut off' AND " +
        sql_is_definition("c") + " ORDER BY c.seq DESC LIMIT 1";
    Use defined(database_.prepared(kDefinedOn));
    defined->bind_int(1, id);
    if (defined->step()) host = defined->get_int(0);
  }
  if (host != 0) rows_.move(catalog_.root("domain"), id, host);
}

void Follower::mark_undefined(const std::string& vm_uuid, std::int64_t host_id) {
  const Element& root = catalog_.root("domain");
  Use statement(database_.prepared("SELECT 1 FROM virtual_machines WHERE uuid = ?1 AND coalesce(host_id, ?2) = ?2"));
  statement->bind_text(1, vm_uuid);
  statement->bind_int(2, host_id);
  if (!statement->step()) return;
  if (const std::int64_t id = find(vm_uuid)) rows_.set_drift(*root.table, id, {undefined_difference(root.name)}, false);
}

void Follower::mark_failed(const std::string& vm_uuid, const std::runtime_error& error) {
  const std::string details = to_json({difference_of(error)});
  try {
    Savepoint guard(database_);
    {
      Use update(
          database_.prepared("UPDATE virtual_machines SET sync_status = ?3, drift_details = ?1 WHERE uuid = ?2"));
      update->bind_text(1, details);
      update->bind_text(2, vm_uuid);
      update->bind_text(3, sync_status::kDrifted);
      update->run();
    }
    guard.release();
  } catch (const std::runtime_error& refused) {
    if (!is_of_the_rows(refused)) throw;
  }
}

void Follower::accept(std::int64_t vm_id) {
  std::string uuid;
  {
    Use statement(database_.prepared("SELECT uuid FROM virtual_machines WHERE id = ?1"));
    statement->bind_int(1, vm_id);
    if (statement->step()) uuid = statement->get_text(0);
  }
  const auto newest = captures_.newest_document(uuid);
  if (!newest)
    throw StoreError("domain_accept(): nothing has been captured of VM " + uuid +
                     ", so there is nothing to go back to; libvirt_sync() captures what libvirt has");
  Document document;
  captures_.read(*newest, uuid, catalog_.root("domain"), document);
  Savepoint savepoint(database_);
  rows_.accept(catalog_.root("domain"), vm_id, document, RootState::imported(newest->host_id, newest->id));
  choose_host(uuid);  // the newest definition may be of a host where the VM does not run
  store_drift(vm_id);
  savepoint.release();
}

}  // namespace virtsql
