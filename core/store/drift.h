// Drift: how what libvirt last said of a VM differs from its rows.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/catalog/catalog.h"
#include "core/rows/diff.h"
#include "core/store/captures.h"
#include "core/store/row_store.h"

namespace virtsql {

struct Drift {
  std::string against;  // persistent or live
  Difference difference;
};

// What it is among the differences that the rows cannot be compared: at the place of the row that no XML can say, or of
// the whole VM.
Difference difference_of(const std::runtime_error& error);

// The definition in the VM's rows against libvirt's newest one, and against the newest one of the running VM. Of rows
// that nobody edited and that hold a document of the running VM, libvirt's newest definition against that. A row that
// no XML can say is the one difference, with the reason. Throws DatabaseError; std::runtime_error if a document is
// damaged.
std::vector<Drift> drift_of(Database& database, RowStore& rows, Captures& captures, const Catalog& catalog,
                            std::int64_t vm_id);

}  // namespace virtsql
