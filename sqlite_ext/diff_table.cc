// domain_diff(a, b [, 'asked']) and domain_drift: how definitions differ.
//
//   SELECT * FROM domain_diff(readfile('old.xml'), readfile('new.xml'));
//   SELECT * FROM domain_diff(readfile('wanted.xml'), domain_xml('web'), 'asked');    -- empty: defining it changes
//   nothing SELECT vm_uuid, against, count(*) FROM domain_drift GROUP BY 1, 2;
//
// domain_diff compares two texts and nothing else. domain_drift compares the rows of every VM, one after the other,
// with the newest definition that was captured of it, and with the newest capture of the running VM; vm_uuid = ? reads
// one.
#include "core/rows/document.h"
#include "sqlite_ext/table_function.h"

namespace virtsql::extension {
namespace {

constexpr char kColumns[] = "change TEXT, device TEXT, key TEXT, path TEXT, old TEXT, new TEXT";
enum Column { kChange, kDevice, kKey, kPath, kOld, kNew, kVmUuid, kAgainst };

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

class DriftRows : public Rows {
 public:
  explicit DriftRows(const Request& request)
      : store_(request.connection.store),
        vms_(request.connection.database.handle(),
             std::string("SELECT id, uuid FROM virtual_machines") + (request.given(0) ? " WHERE uuid = ?1" : "")) {
    if (!request.given(0)) return;
    uuid_ = request.is_null(0) ? "" : request.text(0);
    vms_.bind_text(1, uuid_);
  }

  bool next() override {
    while (at_ + 1 >= found_.size()) {
      if (!vms_.step()) return false;
      vm_uuid_ = vms_.get_text(1);
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
    else if (index == kAgainst)
      result_text(context, found_[at_].against);
    else
      extension::column(context, found_[at_].difference, index);
  }

 private:
  Store& store_;
  std::string uuid_;
  Statement vms_;
  std::string vm_uuid_;
  std::vector<Drift> found_;
  std::size_t at_ = static_cast<std::size_t>(-1);
};

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
  const int code = register_table_function(db, connection, std::move(diff_function));
  if (code != SQLITE_OK) return code;

  TableFunction drift_table;
  drift_table.name = "domain_drift";
  drift_table.columns = std::string(kColumns) + ", vm_uuid TEXT COLLATE NOCASE, against TEXT";
  drift_table.pushed = {kVmUuid};
  drift_table.trust = TableFunction::Trust::kNormal;
  drift_table.all_rows = 10000;
  drift_table.pushed_rows = 5;
  drift_table.open = [](const Request& request) { return std::make_unique<DriftRows>(request); };
  return register_table_function(db, connection, std::move(drift_table));
}

}  // namespace virtsql::extension
