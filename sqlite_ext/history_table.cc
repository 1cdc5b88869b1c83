// domain_history(vm): the captures of a VM, oldest first. A VM that is gone is found by its UUID.
//
//   SELECT captured_at, operation, changed FROM domain_history('web');
//   SELECT d.* FROM domain_history('web') AS h JOIN disk_attachments_in(captured_xml(h.capture_id)) AS d WHERE
//   h.changed;
//
// `changed` is 1 if the definition differs from that of the previous capture with the same config (persistent, live),
// or if there is no such capture. The definitions in the documents are compared, so what belongs to a running VM only
// is no change. `changed` is NULL if the capture has no document that can be read, or ended the definition. Finding the
// changes reads every distinct document of the VM, so it is done only if the query reads the column `changed`.
#include "sqlite_ext/table_function.h"

namespace virtsql::extension {
namespace {

const Columns<HistoryEntry> kColumns = {{"capture_id INTEGER", &HistoryEntry::capture_id},
                                        {"captured_at TEXT", or_null(&HistoryEntry::captured_at)},
                                        {"operation TEXT", or_null(&HistoryEntry::operation)},
                                        {"sub_operation TEXT", or_null(&HistoryEntry::sub_operation)},
                                        {"config TEXT", or_null(&HistoryEntry::config)},
                                        {"source TEXT", or_null(&HistoryEntry::source)},
                                        {"driver TEXT", or_null(&HistoryEntry::driver)},
                                        {"host TEXT", or_null(&HistoryEntry::host)},
                                        {"size INTEGER", &HistoryEntry::size},
                                        {"exact INTEGER", &HistoryEntry::exact},
                                        {"changed INTEGER", &HistoryEntry::changed}};

std::unique_ptr<Rows> open(const Request& request) {
  if (request.is_null(0)) return nullptr;
  Store& store = request.session.store;
  return entry_rows(
      store.timeline().captures(store.find_uuid(request.text(0), "domain_history"), request.uses("changed")), kColumns);
}

}  // namespace

int register_history_table(sqlite3* db, const SessionRef& session) {
  TableFunction function;
  function.name = "domain_history";
  function.columns = declarations(kColumns);
  function.arguments = {"vm"};
  function.required = 1;
  function.usage = "domain_history('web')";
  function.trust = TableFunction::Trust::kNormal;
  function.open = open;
  return register_table_function(db, session, std::move(function));
}

}  // namespace virtsql::extension
