// Bringing an older database to the present schema.
#pragma once

#include <string>

#include "core/catalog/catalog.h"

namespace virtsql {

// Makes the schema of the database file that of the catalog, with everything that is in its tables. A copy of the
// database as it was is left beside it first, as <database>.bak. Either all of it happens or nothing; where another
// connection did it in the meantime, nothing is done. Works on a connection of its own, as none of it can be done while
// a statement runs on the one that asks. Throws DatabaseError or std::runtime_error, in words.
void migrate(const std::string& path, const Catalog& catalog);

}  // namespace virtsql
