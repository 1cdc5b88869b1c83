#include "core/store/adopt.h"

#include <string>
#include <utility>
#include <vector>

#include "core/spool/kinds.h"
#include "core/store/arrival.h"
#include "core/store/captures.h"
#include "core/store/documents.h"
#include "core/store/objects.h"
#include "core/store/root_rows.h"
#include "core/store/row_store.h"

namespace virtsql {
namespace {

struct Captured {
  Capture capture;
  std::int64_t host_id = 0;
  std::string digest;
};

std::vector<Captured> newest_of_each(Database& database, std::string_view kind) {
  std::vector<Captured> out;
  Statement statement(database.handle(),
                      "SELECT id, host_id, driver, name, vm_uuid, config, document_sha256 FROM captures WHERE seq IN "
                      "(SELECT max(seq) FROM captures WHERE kind = ?1 GROUP BY host_id, driver, name, vm_uuid) AND "
                      "document_sha256 IS NOT NULL AND host_id IS NOT NULL ORDER BY seq");
  statement.bind_text(1, kind);
  while (statement.step()) {
    Captured& each = out.emplace_back();
    each.capture.id = statement.get_int(0);
    each.host_id = statement.get_int(1);
    each.capture.driver = statement.get_text(2);
    each.capture.name = statement.get_text(3);
    each.capture.uuid = statement.get_text(4);
    each.capture.config = statement.get_text(5);
    each.digest = statement.get_blob(6);
  }
  return out;
}

}  // namespace

void adopt_captures(Database& database, const Catalog& catalog, const Element& root) {
  RowStore rows(database, catalog);
  RootRows root_rows(database, rows, nullptr);
  Captures captures(database);
  Objects objects(database, catalog, root_rows, captures);
  for (Captured& each : newest_of_each(database, kind_of_root(root.name))) {
    try {
      each.capture.xml = captures.documents().read(each.digest);
    } catch (const DamagedDocument&) {
      continue;  // the document is damaged: the thing's next capture brings the rows
    }
    Arrival arrival(catalog, each.capture);
    arrival.result.id = each.capture.id;
    if (arrival.has_rows()) (void)objects.apply(arrival, each.host_id);
  }
}

}  // namespace virtsql
