#include "core/store/classify.h"

#include "core/rows/document.h"
#include "core/store/documents.h"
#include "core/store/kind.h"
#include "core/store/vm_states.h"
#include "core/xml/error.h"
#include "core/xml/xml.h"

namespace virtsql {
namespace {

// Returns the event in the row's columns from `first` on (kEventColumns), without its document.
Capture event_of(const Statement& row, int first) {
  Capture event;
  event.driver = row.get_text(first);
  event.operation = row.get_text(first + 1);
  event.sub_operation = row.get_text(first + 2);
  event.extra = row.get_text(first + 3);
  event.config = row.get_text(first + 4);
  event.source = row.get_text(first + 5);
  return event;
}

constexpr char kEventColumns[] = "driver, operation, sub_operation, extra, config, source";

void set_kinds(Database& database) {
  // In an older history, the captures that have both a UUID and rows (`exact`) are those of VMs themselves.
  database.execute(
      "UPDATE captures SET kind = 'domain' WHERE kind = 'other' AND vm_uuid IS NOT NULL AND exact NOT NULL");
  Documents documents(database);
  Statement rows(database.handle(), std::string("SELECT seq, document_sha256, vm_uuid, ") + kEventColumns +
                                        " FROM captures WHERE kind = 'other'");
  Statement update(database.handle(), "UPDATE captures SET kind = ?1, vm_uuid = ?2 WHERE seq = ?3");
  while (rows.step()) {
    const Capture event = event_of(rows, 3);
    std::string uuid(rows.get_text(2));
    std::string_view kind = kind_of(nullptr, event);
    try {
      if (!rows.is_null(1)) {
        const xml::Document document = xml::Document::parse(documents.read(rows.get_blob(1)));
        const xml::Node& node = unwrapped(*document.root());
        kind = kind_of(&node, event);
        if (uuid.empty()) uuid = vm_uuid_in(node);
      }
    } catch (const DamagedDocument&) {
      // The event alone says what the capture is about. So it does if the document is no XML.
    } catch (const xml::Error&) {
    }
    update.bind_text(1, kind);
    update.bind_text(2, null_if_empty(uuid));
    update.bind_int(3, rows.get_int(0));
    update.run();
  }
}

}  // namespace

void classify_captures(Database& database) {
  const WithoutTriggers quiet(database.handle());
  set_kinds(database);
  VmStates states(database);
  Statement rows(database.handle(),
                 std::string("SELECT vm_uuid, host_id, id, ") + kEventColumns +
                     " FROM captures WHERE kind = 'domain' AND vm_uuid IS NOT NULL AND host_id IS NOT "
                     "NULL ORDER BY seq");
  while (rows.step()) {
    Capture event = event_of(rows, 3);
    if (event.source != "import") event.id = rows.get_int(2);  // it came through the spool: the id is its record's
    states.record(event, rows.get_text(0), rows.get_int(1), rows.get_int(2));
  }
}

}  // namespace virtsql
