// domain_diff(a, b [, 'asked']), domain_drift [(vm)] and domain_changes(vm [, since]): how definitions differ.
//
//   SELECT * FROM domain_diff(readfile('old.xml'), readfile('new.xml'));
//   SELECT * FROM domain_diff(readfile('wanted.xml'), domain_xml('web'), 'asked');  -- empty: defining it changes
//   nothing SELECT vm_name, against, count(*) FROM domain_drift GROUP BY 1, 2; SELECT captured_at, path, old, new FROM
//   domain_changes('web', datetime('now', '-30 days'));
//
// domain_diff compares two texts and nothing else. domain_drift compares the rows of every VM, one after the other,
// with the newest definition that was captured of it, and with the newest capture of the running VM; domain_drift(vm)
// and vm_uuid = ? read one. domain_changes compares each definition that was captured of a VM with the one before.
#include "core/rows/document.h"
#include "sqlite_ext/table_function.h"
#include "sqlite_ext/time_argument.h"

namespace virtsql::extension {
namespace {

constexpr char kColumns[] = "change TEXT, device TEXT, key TEXT, path TEXT, old TEXT, new TEXT";
enum Column { kChange, kDevice, kKey, kPath, kOld, kNew, kDifferenceColumns };

void column(sqlite3_context* context, const Difference& difference, int index) {
  switch (index) {
    case kChange:
      return result_text(context, change_name(difference.change));
    case kDevice:
      if (!difference.device.empty()) result_text(context, difference.device);
      return;
    case kKey:
      if (!difference.key.empty()) result_text(context, difference.key);
      return;
    case kPath:
      return result_text(context, difference.path);
    case kOld:
      if (difference.has_old) result_text(context, difference.old_value);
      return;
    case kNew:
      if (difference.has_new) result_text(context, difference.new_value);
      return;
    default:
      return;
  }
}

// ---- domain_diff

Document read(std::string_view xml, std::string_view argument) {
  try {
    return Document(xml, Catalog::standard().root("domain"));
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
      throw StoreError("domain_diff(): no mode \"" + std::string(name.substr(0, 80)) +
                       "\"; it is all (default) or asked");
    if (name == "asked") mode = DiffMode::kAsked;
  }
  const Document a = read(request.text(0), "a");
  const Document b = read(request.text(1), "b");
  return entry_rows<Difference>(diff(a.rows(), b.rows(), mode), column);
}

// ---- domain_drift

// The columns of domain_drift behind those of a difference.
enum DriftColumn { kVmUuid = kDifferenceColumns, kAgainst, kVmName };
// Its argument, then its pushed column.
enum DriftRequest { kVmArgument, kVmUuidPushed };

class DriftRows : public Rows {
 public:
  // `vm` is an id, 0: of any; `uuid` of one VM, without data: of any.
  DriftRows(const Request& request, std::int64_t vm, std::string_view uuid)
      : store_(request.connection.store),
        uuid_(uuid),
        vms_(request.connection.database.handle(),
             std::string("SELECT id, uuid, name FROM virtual_machines WHERE true") + (vm ? " AND id = ?1" : "") +
                 (uuid.data() ? " AND uuid = ?2" : "")) {
    if (vm) vms_.bind_int(1, vm);
    if (uuid.data()) vms_.bind_text(2, uuid_);
  }

  bool next() override {
    while (at_ + 1 >= found_.size()) {
      if (!vms_.step()) return false;
      vm_uuid_ = vms_.get_text(1);
      vm_name_ = vms_.get_text(2);
      found_ = store_.drift(vms_.get_int(0));
      at_ = static_cast<std::size_t>(-1);
      if (!found_.empty()) break;
    }
    ++at_;
    return true;
  }

  void column(sqlite3_context* context, int index) override {
    if (index == kVmUuid)
      result_text(context, vm_uuid_);
    else if (index == kVmName)
      result_text(context, vm_name_);
    else if (index == kAgainst)
      result_text(context, found_[at_].against);
    else
      extension::column(context, found_[at_].difference, index);
  }

 private:
  Store& store_;
  std::string uuid_;  // bound to vms_
  Statement vms_;
  std::string vm_uuid_, vm_name_;
  std::vector<Drift> found_;
  std::size_t at_ = static_cast<std::size_t>(-1);
};

std::unique_ptr<Rows> open_drift(const Request& request) {
  std::int64_t vm = 0;
  std::string_view uuid;
  if (request.given(kVmArgument)) {
    if (request.is_null(kVmArgument)) return nullptr;
    vm = request.connection.store.find_vm(request.text(kVmArgument), "domain_drift");
  }
  if (request.given(kVmUuidPushed)) {
    if (request.is_null(kVmUuidPushed)) return nullptr;
    uuid = request.text(kVmUuidPushed);
  }
  return std::make_unique<DriftRows>(request, vm, uuid);
}

// ---- domain_changes

class ChangeRows : public Rows {
 public:
  ChangeRows(const Request& request, std::string_view uuid, std::int64_t since)
      : changes_(request.connection.store.timeline().changes(uuid, since)) {}

  bool next() override {
    if (++at_ < changes_.differences().size()) return true;
    at_ = 0;
    return changes_.next();
  }

  void column(sqlite3_context* context, int index) override {
    enum { kCapturedAt, kCaptureId, kDifference };
    if (index == kCapturedAt)
      result_text(context, changes_.captured_at());
    else if (index == kCaptureId)
      sqlite3_result_int64(context, changes_.capture_id());
    else
      extension::column(context, changes_.differences()[at_], index - kDifference);
  }

 private:
  DomainChanges changes_;
  std::size_t at_ = 0;  // in the differences of the capture; there are none before the first
};

std::unique_ptr<Rows> open_changes(const Request& request) {
  constexpr const char* kName = "domain_changes";
  if (request.is_null(0) || (request.given(1) && request.is_null(1))) return nullptr;
  const std::int64_t since =
      request.given(1) ? first_id_at(milliseconds_of(request.connection.database, request.values[1], kName)) : 0;
  return std::make_unique<ChangeRows>(request, request.connection.store.find_uuid(request.text(0), kName), since);
}

}  // namespace

int register_diff_tables(sqlite3* db, const ConnectionRef& connection) {
  TableFunction diff_function;
  diff_function.name = "domain_diff";
  diff_function.columns = kColumns;
  diff_function.arguments = {"a", "b", "mode"};
  diff_function.required = 2;
  diff_function.usage = "domain_diff(readfile('a.xml'), readfile('b.xml'))";
  diff_function.all_rows = 10;
  diff_function.open = open_diff;
  int code = register_table_function(db, connection, std::move(diff_function));
  if (code != SQLITE_OK) return code;

  TableFunction drift_table;
  drift_table.name = "domain_drift";
  drift_table.columns = std::string(kColumns) + ", vm_uuid TEXT COLLATE NOCASE, against TEXT, vm_name TEXT";
  drift_table.arguments = {"vm"};
  drift_table.pushed = {kVmUuid};
  drift_table.trust = TableFunction::Trust::kNormal;
  drift_table.all_rows = 10000;
  drift_table.pushed_rows = 5;
  drift_table.open = open_drift;
  code = register_table_function(db, connection, std::move(drift_table));
  if (code != SQLITE_OK) return code;

  TableFunction changes;
  changes.name = "domain_changes";
  changes.columns = std::string("captured_at TEXT, capture_id INTEGER, ") + kColumns;
  changes.arguments = {"vm", "since"};
  changes.required = 1;
  changes.usage = "domain_changes('web', '2026-05-01')";
  changes.trust = TableFunction::Trust::kNormal;
  changes.open = open_changes;
  return register_table_function(db, connection, std::move(changes));
}

}  // namespace virtsql::extension
