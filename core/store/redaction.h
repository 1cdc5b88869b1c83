// Getting secrets out of a history that has them already: when a rule is added to /etc/virtsql.conf, or a newer program
// knows of more. The one place where history is rewritten.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/base/database.h"

namespace virtsql {

struct Rewritten {
  std::size_t documents = 0;          // that had something to leave out
  std::vector<std::string> vm_uuids;  // whose captures name them: their rows may hold it as well
};

// Redacts every document of the history by the present rules (core/spool/redact.h; `paths` as there). The captures of a
// document then name the new one, and count what was left out; of a document that cannot be read to its end, their
// error says what is kept. What is freed is overwritten, in the file and in its log. One transaction; memory is bounded
// by the largest document. Throws DatabaseError, std::runtime_error for a damaged document, with nothing changed.
Rewritten redact_history(Database& database, const std::vector<std::string>& paths);

// Overwrites what the write-ahead log has of earlier transactions, once nobody reads it any more. For after a
// transaction; where somebody reads, the next checkpoint does it.
void overwrite_log(Database& database);

}  // namespace virtsql
