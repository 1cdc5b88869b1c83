// domain_diff(a, b [, 'asked']), domain_drift [(vm)] and domain_changes(vm [, since]): how definitions differ.
//
//   SELECT * FROM domain_diff(readfile('old.xml'), readfile('new.xml'));
//   SELECT * FROM domain_diff(readfile('wanted.xml'), domain_xml('web'), 'asked');
//
// The second query gives no rows if defining wanted.xml would change nothing.
//
//   SELECT vm_name, against, count(*) FROM domain_drift GROUP BY 1, 2;
//   SELECT captured_at, path, old, new FROM domain_changes('web', datetime('now', '-30 days'));
//
// domain_diff compares two texts and reads nothing from the database. domain_drift compares the rows of each VM, one VM
// after the other, with the VM's newest captured definition and with the newest capture of the running VM.
// domain_drift(vm) and WHERE vm_uuid = ? read one VM only. domain_changes compares each captured definition of a VM
// with the definition captured before it.
#include "core/base/excerpt.h"
#include "core/rows/definition.h"
#include "core/rows/document.h"
#include "sqlite_ext/table_function.h"
#include "sqlite_ext/time_argument.h"

namespace virtsql::extension {
namespace {

const Columns<Difference> kDifferenceColumns = {
    {"change TEXT", [](const Difference& difference) { return Value(change_name(difference.change)); }},
    {"device TEXT", [](const Difference& difference) { return Value::or_null(difference.device); }},
    {"key TEXT", [](const Difference& difference) { return Value::or_null(difference.key); }},
    {"path TEXT", [](const Difference& difference) { return Value(difference.path); }},
    {"old TEXT", [](const Difference& d) { return d.has_old ? Value(d.old_value) : Value(); }},
    {"new TEXT", [](const Difference& d) { return d.has_new ? Value(d.new_value) : Value(); }}};

// ---- domain_diff

Document read(std::string_view xml, std::string_view argument) {
  try {
    return {xml, Catalog::standard().root("domain")};
  } catch (const xml::Error& error) {
    throw xml::Error("domain_diff(), " + std::string(argument) + ": " + error.what());
  }
}

std::unique_ptr<Rows> open_diff(const Request& request) {
  if (request.is_null(0) || request.is_null(1)) return nullptr;
  DiffMode mode = DiffMode::kAll;
  if (!request.is_null(2)) {
    const std::string_view name = request.text(2);
    if (name != "asked" && name != "all")
      throw StoreError("domain_diff(): no mode " + quoted_excerpt(name) + "; it is all (default) or asked");
    if (name == "asked") mode = DiffMode::kAsked;
  }
  Document a = read(request.text(0), "a");
  Document b = read(request.text(1), "b");
  // What belongs to a running VM only cannot be asked for: compare the definitions in the two documents.
  if (mode == DiffMode::kAsked) {
    if (is_of_running_vm(b.rows())) mode = DiffMode::kAskedRunning;
    return entry_rows(diff(a.definition(), b.definition(), mode), kDifferenceColumns);
  }
  return entry_rows(diff(a.rows(), b.rows(), mode), kDifferenceColumns);
}

// ---- domain_drift

struct DriftEntry {
  const Drift* drift;
  const std::string* vm_uuid;
  const std::string* vm_name;
};

const Columns<DriftEntry> kDriftColumns = [] {
  auto columns = columns_of_part<DriftEntry>(
      kDifferenceColumns, [](const DriftEntry& entry) -> const Difference& { return entry.drift->difference; });
  columns.push_back({"vm_uuid TEXT COLLATE NOCASE", [](const DriftEntry& entry) { return Value(*entry.vm_uuid); }});
  columns.push_back({"against TEXT", [](const DriftEntry& entry) { return Value(entry.drift->against); }});
  columns.push_back({"vm_name TEXT", [](const DriftEntry& entry) { return Value(*entry.vm_name); }});
  return columns;
}();

// The indices of Request::values: domain_drift's argument, then its pushed column.
enum DriftRequest { kVmArgument, kVmUuidPushed };

class DriftRows : public RowsOf<DriftEntry> {
 public:
  // Only the VM with the id `vm`, unless that is 0, and only the VM with the UUID `uuid`, unless that has no data.
  DriftRows(const Request& request, std::int64_t vm, std::string_view uuid)
      : RowsOf(kDriftColumns),
        store_(request.session.store),
        uuid_(uuid),
        vms_(request.session.database.handle(), std::string("SELECT id, uuid, name FROM virtual_machines WHERE true") +
                                                    (vm ? " AND id = ?1" : "") +
                                                    (uuid.data() ? " AND uuid = ?2" : "")) {
    if (vm) vms_.bind_int(1, vm);
    if (uuid.data()) vms_.bind_text(2, uuid_);
  }

  bool next() override {
    while (at_ + 1 >= found_.size()) {
      if (!vms_.step()) return false;
      vm_id_ = vms_.get_int(0);
      vm_uuid_ = vms_.get_text(1);
      vm_name_ = vms_.get_text(2);
      found_ = store_.drift(vm_id_);
      at_ = static_cast<std::size_t>(-1);
      if (!found_.empty()) break;
    }
    ++at_;
    entry_ = {&found_[at_], &vm_uuid_, &vm_name_};
    return true;
  }

  std::int64_t number(std::int64_t) const override {
    return ((vm_id_ & 0x3fffffff) << 32) + static_cast<std::int64_t>(at_);
  }

 private:
  const DriftEntry& current() const override { return entry_; }

  Store& store_;
  std::string uuid_;  // bound to vms_
  Statement vms_;
  std::int64_t vm_id_ = 0;
  std::string vm_uuid_, vm_name_;
  std::vector<Drift> found_;
  std::size_t at_ = static_cast<std::size_t>(-1);
  DriftEntry entry_ = {};
};

std::unique_ptr<Rows> open_drift(const Request& request) {
  std::int64_t vm = 0;
  std::string_view uuid;
  if (request.given(kVmArgument)) {
    if (request.is_null(kVmArgument)) return nullptr;
    vm = request.session.store.find_vm(request.text(kVmArgument), "domain_drift");
  }
  if (request.given(kVmUuidPushed)) {
    if (request.is_null(kVmUuidPushed)) return nullptr;
    uuid = request.text(kVmUuidPushed);
  }
  request.session.store.check_schema();
  return std::make_unique<DriftRows>(request, vm, uuid);
}

// ---- domain_changes

struct ChangeEntry {
  const DomainChanges* changes;
  const Difference* difference;
};

const Columns<ChangeEntry> kChangesColumns = [] {
  Columns<ChangeEntry> columns = {
      {"captured_at TEXT", [](const ChangeEntry& entry) { return Value(entry.changes->captured_at()); }},
      {"capture_id INTEGER", [](const ChangeEntry& entry) { return Value(entry.changes->capture_id()); }}};
  const auto difference = [](const ChangeEntry& entry) -> const Difference& { return *entry.difference; };
  for (auto& column : columns_of_part<ChangeEntry>(kDifferenceColumns, difference))
    columns.push_back(std::move(column));
  return columns;
}();

class ChangeRows : public RowsOf<ChangeEntry> {
 public:
  ChangeRows(const Request& request, std::string_view uuid, std::int64_t since)
      : RowsOf(kChangesColumns), changes_(request.session.store.timeline().changes(uuid, since)) {}

  bool next() override {
    if (++at_ >= changes_.differences().size()) {
      at_ = 0;
      if (!changes_.next()) return false;
    }
    entry_ = {&changes_, &changes_.differences()[at_]};
    return true;
  }

 private:
  const ChangeEntry& current() const override { return entry_; }

  DomainChanges changes_;
  std::size_t at_ = 0;  // index into changes_.differences(), which is empty before the first changes_.next()
  ChangeEntry entry_ = {};
};

std::unique_ptr<Rows> open_changes(const Request& request) {
  constexpr const char* kName = "domain_changes";
  if (request.is_null(0) || (request.given(1) && request.is_null(1))) return nullptr;
  const std::int64_t since =
      request.given(1) ? first_id_at(milliseconds_of(request.session.database, request.values[1], kName)) : 0;
  return std::make_unique<ChangeRows>(request, request.session.store.find_uuid(request.text(0), kName), since);
}

}  // namespace

int register_diff_tables(sqlite3* db, const SessionRef& session) {
  TableFunction diff_function;
  diff_function.name = "domain_diff";
  diff_function.columns = declarations(kDifferenceColumns);
  diff_function.arguments = {"a", "b", "mode"};
  diff_function.required = 2;
  diff_function.usage = "domain_diff(readfile('a.xml'), readfile('b.xml'))";
  diff_function.all_rows = 10;
  diff_function.open = open_diff;
  int code = register_table_function(db, session, std::move(diff_function));
  if (code != SQLITE_OK) return code;

  TableFunction drift_table;
  drift_table.name = "domain_drift";
  drift_table.columns = declarations(kDriftColumns);
  drift_table.arguments = {"vm"};
  drift_table.pushed = {"vm_uuid"};
  drift_table.trust = TableFunction::Trust::kNormal;
  drift_table.all_rows = 10000;
  drift_table.pushed_rows = 5;
  drift_table.open = open_drift;
  code = register_table_function(db, session, std::move(drift_table));
  if (code != SQLITE_OK) return code;

  TableFunction changes;
  changes.name = "domain_changes";
  changes.columns = declarations(kChangesColumns);
  changes.arguments = {"vm", "since"};
  changes.required = 1;
  changes.usage = "domain_changes('web', '2026-05-01')";
  changes.trust = TableFunction::Trust::kNormal;
  changes.open = open_changes;
  return register_table_function(db, session, std::move(changes));
}

}  // namespace virtsql::extension
