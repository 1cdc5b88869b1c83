// The report: one self-contained HTML page of hosts and VMs, made from the queries and templates in sql/report/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/store/store.h"

namespace virtsql::extension {

struct ReportOptions {
  std::optional<std::string> host;     // only this host's VMs
  std::optional<std::string> vm_uuid;  // only this VM, with everything about it
  std::string theme = "auto";          // light, dark, or auto: the one that the reader's system uses
};

// Returns the page. Throws std::runtime_error if a query or template of sql/report/ is wrong, DatabaseError if the
// database fails.
std::string report(Store& store, const ReportOptions& options);

}  // namespace virtsql::extension
