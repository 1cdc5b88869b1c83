// Brings captures from before schema version 4, which added captures.kind and vm_states, up to it.
#pragma once

#include "core/base/database.h"

namespace virtsql {

// Sets kind and vm_uuid of every capture whose kind is `other`, from its document, or from its event if the document
// cannot be read. Then fills vm_states from the whole history. For a migration, inside its transaction. Throws
// DatabaseError.
void classify_captures(Database& database);

}  // namespace virtsql
