#include "core/store/drift.h"

#include <utility>

#include "core/rows/document.h"
#include "core/rows/row_error.h"
#include "core/spool/capture.h"
#include "core/store/identity.h"
#include "core/store/timeline.h"

namespace virtsql {

std::vector<Drift> drift_of(RowStore& rows, Captures& captures, const Catalog& catalog, std::int64_t vm_id) try {
  const Element& root = catalog.root("domain");
  Document wanted;
  wanted.set_rows(rows.load(root, vm_id, wanted.arena()));
  if (!wanted.has_rows()) return {};
  const std::string uuid(wanted.rows().get(*root.table->find("uuid")));
  std::vector<Drift> out;
  const auto running = captures.newest(uuid, "live");
  for (const char* config : {"persistent", "live"}) {
    const auto newest = captures.newest(uuid, config);
    if (!newest || has_ended(newest->operation)) continue;
    // A VM that ran since it was undefined is a transient one.
    if (newest->operation == spool::kUndefine && running && running->seq > newest->seq) continue;
    if (newest->digest.empty() || newest->operation == spool::kUndefine) {
      out.push_back({config, undefined_difference()});
      continue;
    }
    // Most VMs are what was captured, to the byte, and need no second parse.
    if (wanted.digest() == newest->digest) continue;
    Document found;
    found.parse(captures.documents().read(newest->digest));
    found.shred(unwrapped(found.tree()), root);
    // Its own is another spelling, or was made up for the rows.
    identify_as(found, uuid);
    const DiffMode mode = std::string_view(config) == "live" ? DiffMode::kRunning : DiffMode::kDefined;
    for (Difference& difference : diff(wanted.definition(), found.definition(), mode))
      out.push_back({config, std::move(difference)});
  }
  return out;
} catch (const RowError& error) {
  Difference difference;
  difference.path = error.path;
  difference.has_new = true;
  difference.new_value = error.what();
  return {{"persistent", std::move(difference)}};
}

}  // namespace virtsql
