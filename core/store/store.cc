#include "core/store/store.h"

#include "core/base/excerpt.h"
#include "core/schema/view_columns.h"
#include "core/spool/kinds.h"
#include "core/spool/operations.h"
#include "core/store/clone.h"
#include "core/store/init.h"
#include "core/store/names.h"
#include "core/store/shadowed.h"
#include "core/store/store_error.h"

namespace virtsql {

Store::Store(Database& database, const Catalog& catalog, RecentRows* recent)
    : database_(database),
      catalog_(catalog),
      recent_(recent),
      row_store_(database, catalog),
      captures_(database),
      timeline_(database, catalog, captures_.documents()),
      states_(database),
      hosts_(database),
      root_rows_(database, row_store_, recent),
      follower_(database, catalog, row_store_, root_rows_, captures_),
      objects_(database, catalog, root_rows_, captures_) {}

int Store::init(WriterLockHeld held) {
  checked_.reset();
  return init_schema(database_, catalog_, held);
}

void Store::check_schema(Access access) {
  if (!checked_ || (*checked_ == Access::kRead && access == Access::kWrite)) {
    virtsql::check_schema(database_, catalog_, access);
    checked_ = access;
  }
  refuse_shadowed_objects(database_);
}

CaptureResult Store::capture(const Capture& capture, IfRowsFail if_rows_fail) {
  Arrival arrival(catalog_, capture);
  return this->capture(arrival, if_rows_fail);
}

CaptureResult Store::capture(Arrival& arrival, IfRowsFail if_rows_fail) {
  check_schema(Access::kWrite);
  if (!recent_) {
    take(arrival, if_rows_fail);
    return arrival.result;
  }
  // If take() throws, seal() is not reached: the next clear_if_changed() then drops what is remembered.
  recent_->clear_if_changed();
  take(arrival, if_rows_fail);
  recent_->seal();
  return arrival.result;
}

void Store::take(Arrival& arrival, IfRowsFail if_rows_fail) {
  // No savepoint inside a transaction: SQLite would keep a copy of each page that is touched, which costs as much as
  // storing the rows.
  std::optional<Savepoint> whole;
  if (sqlite3_get_autocommit(database_.handle()) != 0) whole.emplace(database_);
  const Capture& capture = arrival.capture();
  CaptureResult& result = arrival.result;
  const std::optional<std::int64_t> id = captures_.free_id(arrival);
  if (!id || !arrival.is_event() || ends_nothing(arrival)) {
    result = {};
    result.id = id.value_or(capture.id);
    result.recorded = false;
    if (id && !arrival.is_event()) states_.mark_all_seen(capture.driver, hosts_.id(capture.host), *id);
  } else {
    result.id = *id;
    const std::int64_t host = hosts_.id(capture.host);
    const bool late = arrival.of_vm() && states_.is_late(capture, result.vm_uuid, host);
    captures_.add(arrival, host, late);
    if (!late) {
      if (arrival.of_vm()) states_.record(capture, result.vm_uuid, host, result.id);
      if (if_rows_fail == IfRowsFail::kKeepCapture)
        move_rows_guarded(arrival, host);
      else
        move_rows(arrival, host);
      if (arrival.of_vm())
        for (const std::string& gone : states_.undefine_namesakes(capture, result.vm_uuid, host))
          follower_.mark_undefined(gone, host);
    }
  }
  if (whole) whole->release();
}

// Whether the capture is the end of a VM of which nothing is known: it was defined and undefined while no capture could
// be written. Its history would be that end alone, of a VM without a name.
bool Store::ends_nothing(const Arrival& arrival) {
  if (arrival.capture().operation != operations::kUndefine || !arrival.of_vm()) return false;
  Use known(
      database_.prepared("SELECT 1 FROM captures WHERE vm_uuid = ?1 UNION ALL SELECT 1 FROM virtual_machines WHERE "
                         "uuid = ?1"));
  known->bind_text(1, arrival.result.vm_uuid);
  return !known->step();
}

// Lets the rows follow the recorded capture.
void Store::move_rows(Arrival& arrival, std::int64_t host) {
  const Capture& capture = arrival.capture();
  if (capture.operation == operations::kUndefine) {
    if (arrival.result.kind == kinds::kDomain)
      follower_.mark_undefined(capture.uuid, host);
    else
      objects_.remove(capture, host);
  }
  if (arrival.has_vm_rows())
    follower_.apply(arrival, host);
  else if (arrival.has_rows())
    arrival.result.object_id = objects_.apply(arrival, host);
  if (!arrival.of_vm()) return;
  follower_.choose_host(arrival.result.vm_uuid);
  follower_.update_drift(arrival.result.vm_uuid);
}

// The same, but an error in the rows does not refuse the capture: the rows stay as they were, and the VM is DRIFTED
// with the reason.
void Store::move_rows_guarded(Arrival& arrival, std::int64_t host) {
  CaptureResult& result = arrival.result;
  bool guarded = false;
  const int changes = sqlite3_total_changes(database_.handle());
  try {
    Savepoint guard(database_);
    guarded = guard.is_open();
    move_rows(arrival, host);
    guard.release();
  } catch (const std::runtime_error& error) {
    if (recent_) recent_->clear();
    // Without a savepoint (INSERT INTO ... SELECT domain_import(...)) what has been written of the rows would stay. The
    // error then refuses the statement that is running, and SQLite takes back all that it did.
    const bool half_written = !guarded && sqlite3_total_changes(database_.handle()) != changes;
    if (half_written || !is_of_the_rows(error)) throw;
    result.rows_error = error.what();
    result.object_id = 0;
    if (result.kind == kinds::kDomain) follower_.mark_failed(result.vm_uuid, error);
  }
}

CaptureResult Store::import(const Capture& capture, std::string_view root, std::string_view function) {
  Savepoint savepoint(database_);
  // Only a VM's row can say why it does not follow (Follower::mark_failed()), so anything else is strict.
  CaptureResult result = this->capture(capture, root == kinds::kDomain ? IfRowsFail::kKeepCapture : IfRowsFail::kThrow);
  const std::string where = std::string(function) + "(): ";
  if (!result.root.empty() && result.root != root)
    throw xml::Error(where + "the XML is a <" + result.root + ">, not a <" + std::string(root) + ">");
  if (!result.error.empty()) throw xml::Error(where + result.error);
  if (!result.rows_error.empty() && follower_.find(result.vm_uuid) == 0) throw StoreError(where + result.rows_error);
  savepoint.release();
  return result;
}

Defined Store::define(std::string_view xml, std::string_view root, const std::string& host) {
  check_schema(Access::kWrite);
  return Definer{database_, catalog_, row_store_, hosts_, follower_, objects_}.define(xml, root, host);
}

void Store::accept(std::int64_t vm_id) {
  check_schema(Access::kWrite);
  follower_.accept(vm_id);
}

void Store::accept_object(std::string_view root, std::string_view key, std::string_view function, KeyType type) {
  check_schema(Access::kWrite);
  const Element& element = catalog_.root(root);
  objects_.accept(element, objects_.find(element, key, function, type), function);
}

std::string Store::clone(std::int64_t vm_id, std::string_view new_name) {
  check_schema(Access::kWrite);
  return clone_vm(database_, catalog_, row_store_, vm_id, new_name);
}

void Store::load(std::int64_t vm_id, Document& rows) {
  check_schema();
  rows.set_rows(row_store_.load(catalog_.root("domain"), vm_id, rows.arena()));
}

std::vector<Drift> Store::drift(std::int64_t vm_id, Document& rows) {
  return drift_of(database_, rows, captures_, catalog_, vm_id);
}

std::vector<Drift> Store::drift(std::int64_t vm_id) {
  check_schema();
  return drift_of(database_, row_store_, captures_, catalog_, vm_id);
}

std::size_t Store::prune(int days, Prune::Keep keep) {
  check_schema(Access::kWrite);
  Prune prune(database_, catalog_, days, keep);
  while (prune.step()) {
  }
  for (const std::string& problem : prune.problems())
    sqlite3_log(SQLITE_WARNING, "virtsql_prune(): %s", problem.c_str());
  return prune.captures();
}

Rewritten Store::redact(const std::vector<std::string>& paths) {
  check_schema(Access::kWrite);
  const Rewritten out = redact_all(database_, catalog_, paths);
  truncate_log(database_);
  return out;
}

Timeline& Store::timeline() {
  check_schema();
  return timeline_;
}

std::int64_t Store::find_vm(std::string_view uuid_or_name, std::string_view function) {
  check_schema();
  return virtsql::find_vm(database_, uuid_or_name, function);
}

std::string Store::find_uuid(std::string_view uuid_or_name, std::string_view function) {
  check_schema();
  return find_vm_uuid(database_, uuid_or_name, function);
}

std::string Store::domain_xml(std::int64_t vm_id, Form form) {
  check_schema();
  Arena arena;
  const Row* row = row_store_.load(catalog_.root("domain"), vm_id, arena);
  if (!row) throw StoreError("there is no VM with id " + std::to_string(vm_id));
  return generate(*row, form);
}

std::string Store::object_xml(std::string_view root, std::string_view key, std::string_view function, KeyType type,
                              Form form) {
  check_schema();
  const Element& element = catalog_.root(root);
  Arena arena;
  const Row* row = row_store_.load(element, objects_.find(element, key, function, type), arena);
  if (!row) throw StoreError(std::string(function) + "(): somebody has deleted it just now");
  return generate(*row, form);
}

std::string Store::device_xml(std::string_view table_name, std::int64_t id) {
  check_schema();
  // The id of a row of a view is the id of the row of its table.
  const Table* table = catalog_.find_table(table_name);
  if (!table) table = table_of_view(catalog_, table_name);
  if (!table || !table->is_device())
    throw StoreError(
        "device_xml(): " + quoted_excerpt(table_name) +
        " is no table or view of devices, such as disk_attachments or vm_disks; SELECT DISTINCT table_name FROM "
        "vm_devices gives those that VMs have");
  Arena arena;
  const Row* row = row_store_.load_one(*table, id, arena);
  if (!row) throw StoreError("device_xml(): " + table->name + " has no row with id " + std::to_string(id));
  return generate_element(*row);
}

std::string Store::captured_xml(std::int64_t capture_id) {
  check_schema();
  return captures_.xml(capture_id);
}

}  // namespace virtsql
