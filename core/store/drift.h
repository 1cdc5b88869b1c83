// Drift: how libvirt's newest definition of a VM, and the running VM, differ from the VM's rows.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/catalog/catalog.h"
#include "core/rows/diff.h"
#include "core/rows/document.h"
#include "core/store/captures.h"
#include "core/store/row_store.h"

namespace virtsql {

struct Drift {
  std::string against;  // config of the capture that the rows differ from: persistent or live
  Difference difference;
};

// Returns the difference which says that rows cannot be compared or follow, with the error's message as its new value.
// Its path is that of the row that no XML can express (RowError), or of the whole VM for any other error.
Difference difference_of(const std::runtime_error& error);

// Returns how the definition in the VM's rows differs from libvirt's newest definition, and from the running VM's
// newest document if it runs. If the rows just give the running VM's document, libvirt's newest definition, if it has
// one, is compared with that document instead. If no XML can express one of the rows, the only difference is
// difference_of() that error. Throws DatabaseError; std::runtime_error if a document is damaged.
std::vector<Drift> drift_of(Database& database, RowStore& rows, Captures& captures, const Catalog& catalog,
                            std::int64_t vm_id);
// The same for a caller that has loaded the VM's rows. `rows` has none if there is no such VM.
std::vector<Drift> drift_of(Database& database, Document& rows, Captures& captures, const Catalog& catalog,
                            std::int64_t vm_id);

}  // namespace virtsql
