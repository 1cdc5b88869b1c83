// domain_history(vm): what was captured of a VM.
//
//   SELECT captured_at, operation, changed FROM domain_history('web');
//   SELECT d.* FROM domain_history('web') AS h JOIN disk_attachments_in(captured_xml(h.capture_id)) AS d WHERE
//   h.changed;
//
// Oldest first; also of a VM that is gone, by its UUID. `changed` is 1 where the definition is not that of the capture
// before with the same config (persistent, live): documents are compared without what libvirt adds to a running VM.
// Finding that out reads every distinct document of the VM; a query that does not ask for the column does not.
#include "sqlite_ext/table_function.h"

namespace virtsql::extension {
namespace {

enum Column {
  kCaptureId,
  kCapturedAt,
  kOperation,
  kSubOperation,
  kConfig,
  kSource,
  kDriver,
  kHost,
  kSize,
  kExact,
  kChanged
};

void column(sqlite3_context* context, const HistoryEntry& entry, int index) {
  const auto text = [&](const std::string& value) {
    if (!value.empty()) result_text(context, value);
  };
  const auto flag = [&](std::optional<bool> value) {
    if (value) sqlite3_result_int(context, *value ? 1 : 0);
  };
  switch (index) {
    case kCaptureId:
      return sqlite3_result_int64(context, entry.capture_id);
    case kCapturedAt:
      return text(entry.captured_at);
    case kOperation:
      return text(entry.operation);
    case kSubOperation:
      return text(entry.sub_operation);
    case kConfig:
      return text(entry.config);
    case kSource:
      return text(entry.source);
    case kDriver:
      return text(entry.driver);
    case kHost:
      return text(entry.host);
    case kSize:
      return sqlite3_result_int64(context, entry.size);
    case kExact:
      return flag(entry.exact);
    case kChanged:
      return flag(entry.changed);
    default:
      return;
  }
}

std::unique_ptr<Rows> open(const Request& request) {
  if (request.is_null(0)) return nullptr;
  Store& store = request.connection.store;
  return entry_rows<HistoryEntry>(
      store.timeline().captures(store.find_uuid(request.text(0), "domain_history"), request.uses(kChanged)), column);
}

}  // namespace

int register_history_table(sqlite3* db, const ConnectionRef& connection) {
  TableFunction function;
  function.name = "domain_history";
  function.columns =
      "capture_id INTEGER, captured_at TEXT, operation TEXT, sub_operation TEXT, config TEXT, source TEXT, driver "
      "TEXT, "
      "host TEXT, size INTEGER, exact INTEGER, changed INTEGER";
  function.arguments = {"vm"};
  function.required = 1;
  function.usage = "domain_history('web')";
  function.trust = TableFunction::Trust::kNormal;
  function.open = open;
  return register_table_function(db, connection, std::move(function));
}

}  // namespace virtsql::extension
