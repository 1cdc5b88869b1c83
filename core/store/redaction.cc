#include "core/store/redaction.h"

#include <cassert>
#include <cstdint>
#include <optional>

#include "core/base/sql_quote.h"
#include "core/rows/document.h"
#include "core/rows/row_error.h"
#include "core/schema/root_words.h"
#include "core/spool/redact.h"
#include "core/store/documents.h"
#include "core/store/identity.h"
#include "core/store/row_store.h"
#include "core/store/store_error.h"
#include "core/xml/error.h"

namespace virtsql {
namespace {

// While it lives, SQLite overwrites deleted content with zeros (PRAGMA secure_delete).
class SecureDelete {
 public:
  explicit SecureDelete(Database& database) : database_(database), before_(database.query_int("PRAGMA secure_delete")) {
    database_.execute("PRAGMA secure_delete = ON");
  }
  ~SecureDelete() {
    if (before_ != 1)
      sqlite3_exec(database_.handle(), before_ == 0 ? "PRAGMA secure_delete = OFF" : "PRAGMA secure_delete = FAST",
                   nullptr, nullptr, nullptr);
  }
  SecureDelete(const SecureDelete&) = delete;
  SecureDelete& operator=(const SecureDelete&) = delete;

 private:
  Database& database_;
  std::int64_t before_;
};

class Redaction {
 public:
  Redaction(Database& database, const std::vector<std::string>& paths)
      : database_(database), documents_(database), paths_(paths) {}

  // Redacts all documents. Says how many held a secret and were replaced, and which cannot be read.
  void run(Rewritten& out) {
    database_.execute(
        "CREATE TEMP TABLE IF NOT EXISTS virtsql_redacted (id INTEGER PRIMARY KEY, old BLOB NOT NULL UNIQUE, new BLOB "
        "NOT "
        "NULL, secrets INTEGER NOT NULL, error TEXT) STRICT; DELETE FROM temp.virtsql_redacted");
    for (std::optional<Stored> document; (document = after(document ? document->id : 0));) {
      try {
        redact(*document);
      } catch (const DamagedDocument& error) {
        out.damaged.emplace_back(error.what());
      }
    }
    const std::int64_t documents = database_.query_int("SELECT count(*) FROM temp.virtsql_redacted");
    if (documents > 0) {
      free_of_keyframes();
      database_.execute(
          "UPDATE captures SET document_sha256 = r.new, secrets = coalesce(captures.secrets, 0) + r.secrets, error = "
          "CASE WHEN r.error IS NULL OR captures.error IS NULL THEN coalesce(captures.error, r.error) ELSE "
          "captures.error || '; ' || r.error END FROM temp.virtsql_redacted AS r WHERE captures.document_sha256 = "
          "r.old; "
          "DELETE FROM documents WHERE id IN (SELECT id FROM temp.virtsql_redacted)");
    }
    // Emptied, not dropped: SQLite refuses to drop a table while any statement reads.
    database_.execute("DELETE FROM temp.virtsql_redacted");
    out.documents = static_cast<std::size_t>(documents);
  }

 private:
  struct Stored {
    std::int64_t id;
    std::string digest;
  };

  // The document with the next id. Documents that are made meanwhile have higher ids, so they come too, but they hold
  // no secret any more.
  std::optional<Stored> after(std::int64_t id) {
    Use next(database_.prepared("SELECT id, sha256 FROM documents WHERE id > ?1 ORDER BY id LIMIT 1"));
    next->bind_int(1, id);
    if (!next->step()) return {};
    return Stored{next->get_int(0), std::string(next->get_blob(1))};
  }

  void redact(const Stored& document) {
    const std::string bytes = documents_.read(document.digest);
    const Redacted redacted = virtsql::redact(bytes, paths_);
    if (redacted.xml == bytes) return;
    const std::string digest = documents_.keep_alone(redacted.xml);
    Use insert(database_.prepared("INSERT INTO temp.virtsql_redacted VALUES (?1, ?2, ?3, ?4, ?5)"));
    insert->bind_int(1, document.id);
    insert->bind_blob(2, document.digest);
    insert->bind_blob(3, digest);
    insert->bind_int(4, redacted.removed);
    insert->bind_text(5, null_if_empty(redacted.error));
    insert->run();
  }

  // Compresses anew, each by itself, the documents that stay but were compressed against one that is removed.
  void free_of_keyframes() {
    for (std::int64_t id = 0;;) {
      {
        Use next(
            database_.prepared("SELECT d.id FROM documents AS d WHERE d.id > ?1 AND d.keyframe_id IN (SELECT id FROM "
                               "temp.virtsql_redacted) "
                               "AND d.id NOT IN (SELECT id FROM temp.virtsql_redacted) ORDER BY d.id LIMIT 1"));
        next->bind_int(1, id);
        if (!next->step()) return;
        id = next->get_int(0);
      }
      try {
        documents_.rebase(id, 0);
      } catch (const DamagedDocument&) {
        // It cannot be read with its keyframe either, which must not stay because of it.
        Use detach(database_.prepared("UPDATE documents SET keyframe_id = NULL WHERE id = ?1"));
        detach->bind_int(1, id);
        detach->run();
      }
    }
  }

  Database& database_;
  Documents documents_;
  const std::vector<std::string>& paths_;
};

std::vector<std::int64_t> ids_of(Database& database, const Table& table) {
  std::vector<std::int64_t> out;
  Statement statement(database.handle(), "SELECT id FROM " + quote_identifier(table.name) + " ORDER BY id");
  while (statement.step()) out.push_back(statement.get_int(0));
  return out;
}

// Leaves the secrets out of the root's row and those below it. Returns whether they held one.
bool redact_row(Database& database, RowStore& rows, const Element& root, std::int64_t id,
                const std::vector<std::string>& paths) {
  Document current;
  current.set_rows(rows.load(root, id, current.arena()));
  const Redacted redacted = redact(current.xml(), paths);
  if (redacted.xml == current.xml()) return false;
  if (!redacted.error.empty()) throw xml::Error(redacted.error);
  Document wanted(redacted.xml, root);
  keep_captured(wanted, current.rows());
  const std::optional<StoredState> stored = read_state(database, *root.table, id);
  assert(stored && "the row was just loaded");
  const StoredState& before = *stored;
  RootState state;
  state.host_id = before.host_id;
  state.capture_id = before.capture_id;
  state.source = before.source;
  // change() clears drift_details, which may hold a secret. A row that was DRIFTED then has no reason, so it is
  // UNKNOWN.
  state.sync_status =
      before.sync_status == sync_status::kDrifted ? std::string_view(sync_status::kUnknown) : before.sync_status;
  // Edited rows keep the digest that does not fit them: with a fitting one they would look unedited.
  state.rows_sha256 = before.rows_sha256 == current.digest() ? std::string_view(wanted.digest()) : before.rows_sha256;
  rows.change(current.rows(), wanted.rows(), state);
  return true;
}

// Names the root's row, and the row below it that the error is about.
std::string problem_of(const Element& root, std::int64_t id, const std::runtime_error& error) {
  const auto* of_row = dynamic_cast<const RowError*>(&error);
  if (of_row && of_row->table == root.table->name) return error.what();
  return root.table->name + ", row " + std::to_string(id) + ": " + error.what();
}

// Redacts all rows. Counts those that held a secret and were changed, and says which could not be redacted.
void redact_rows(Database& database, const Catalog& catalog, const std::vector<std::string>& paths, Rewritten& out) {
  RowStore rows(database, catalog);
  for (const Element* root : catalog.roots())
    for (const std::int64_t id : ids_of(database, *root->table)) {
      try {
        Savepoint one(database);
        if (redact_row(database, rows, *root, id, paths)) ++out.rows;
        one.release();
      } catch (const std::runtime_error& error) {
        if (!is_of_the_rows(error)) throw;
        out.unsayable.push_back(problem_of(*root, id, error));
      }
    }
}

// Clears the drift details of all rows: any of them may hold a secret.
void clear_drift(Database& database, const Catalog& catalog) {
  for (const Element* root : catalog.roots())
    database.execute("UPDATE " + quote_identifier(root->table->name) + " SET drift_details = NULL, sync_status = " +
                     sql_literal(sync_status::kUnknown) + " WHERE drift_details IS NOT NULL");
}

}  // namespace

Rewritten redact_all(Database& database, const Catalog& catalog, const std::vector<std::string>& paths) {
  const SecureDelete secure(database);
  const WithoutTriggers quiet(database.handle());
  Savepoint savepoint(database);
  Rewritten out;
  Redaction(database, paths).run(out);
  redact_rows(database, catalog, paths, out);
  if (out.documents + out.rows > 0) clear_drift(database, catalog);
  savepoint.release();
  return out;
}

void truncate_log(Database& database) {
  sqlite3_wal_checkpoint_v2(database.handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
}

}  // namespace virtsql
