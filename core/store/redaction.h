// Removes secrets that the history has already, when a rule is added to /etc/virtsql.conf or a newer program knows more
// secrets. The one place where history is rewritten.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/base/database.h"
#include "core/catalog/catalog.h"

namespace virtsql {

struct Rewritten {
  std::size_t documents = 0;  // of the history that held a secret
  std::size_t rows = 0;       // root rows (VMs, networks, ...) whose XML held one, imported or managed
  // What may still hold a secret: of each document that cannot be read, and of each root row that no XML can say or
  // that could not be changed, which one it is and what is wrong.
  std::vector<std::string> damaged;
  std::vector<std::string> unsayable;
};

// Redacts every document of the history and all rows by the present rules (core/spool/redact.h; `paths` as there), in
// one transaction. The captures of a redacted document name the new document and count the secrets that were left out.
// If a document cannot be read to its end, the error of its captures says what was not kept. Rows lose the same secrets
// and nothing else; edited rows still count as edited. Freed content is overwritten in the database file; call
// truncate_log() afterwards for the write-ahead log. Copies of the database still hold the secrets. Memory is bounded
// by the largest document. A damaged document stays as it is, and so do the rows of a thing that no XML can say. Throws
// DatabaseError: then nothing is changed.
Rewritten redact_all(Database& database, const Catalog& catalog, const std::vector<std::string>& paths);

// Moves the write-ahead log into the database file and truncates it to zero bytes, so that it no longer holds what
// earlier transactions wrote. Call it after the transaction has ended. If somebody still reads the log, this is left to
// the next checkpoint.
void truncate_log(Database& database);

}  // namespace virtsql
