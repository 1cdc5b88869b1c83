// Getting secrets out of a history that has them already: when a rule is added to /etc/virtsql.conf, or a newer program
// knows of more. The one place where history is rewritten.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/base/database.h"
#include "core/catalog/catalog.h"

namespace virtsql {

struct Rewritten {
  std::size_t documents = 0;  // of the history that had something to leave out
  std::size_t rows = 0;       // of VMs, networks, ... of whose XML the same holds, whoever made them
};

// Redacts every document of the history by the present rules (core/spool/redact.h; `paths` as there). The captures of a
// document then name the new one, and count what was left out; of a document that cannot be read to its end, their
// error says what is kept. Rows lose the same: those that somebody edited stay his, otherwise as they are. What is
// freed is overwritten, in the file and in its log; copies of the database hold it still. One transaction; memory is
// bounded by the largest document. Throws DatabaseError, RowError for a row that no XML can say, std::runtime_error for
// a damaged document, with nothing changed.
Rewritten redact_all(Database& database, const Catalog& catalog, const std::vector<std::string>& paths);

// Overwrites what the write-ahead log has of earlier transactions, once nobody reads it any more. For after a
// transaction; where somebody reads, the next checkpoint does it.
void overwrite_log(Database& database);

}  // namespace virtsql
