// Captures from before captures.kind and vm_states: what schema version 4 asks of an older history.
#pragma once

#include "core/base/database.h"

namespace virtsql {

// Gives every capture whose kind is `other` its kind and its VM, from its document if it can be read, and fills
// vm_states from the whole history. For migration, inside its transaction. Throws DatabaseError.
void classify_captures(Database& database);

}  // namespace virtsql
