#include "core/store/redaction.h"

#include <cstdint>
#include <optional>

#include "core/spool/redact.h"
#include "core/store/documents.h"

namespace virtsql {
namespace {

// Overwrites what is deleted, while it lives.
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

  Rewritten run() {
    database_.execute(
        "CREATE TEMP TABLE IF NOT EXISTS virtsql_redacted (id INTEGER PRIMARY KEY, old BLOB NOT NULL UNIQUE, new BLOB "
        "NOT "
        "NULL, secrets INTEGER NOT NULL, error TEXT) STRICT; DELETE FROM temp.virtsql_redacted");
    for (std::optional<Stored> document; (document = after(document ? document->id : 0));) redact(*document);
    Rewritten out;
    out.documents = static_cast<std::size_t>(database_.query_int("SELECT count(*) FROM temp.virtsql_redacted"));
    if (out.documents > 0) {
      free_of_keyframes();
      {
        Use vms(database_.prepared(
            "SELECT DISTINCT vm_uuid FROM captures WHERE vm_uuid IS NOT NULL AND document_sha256 IN (SELECT old FROM "
            "temp.virtsql_redacted)"));
        while (vms->step()) out.vm_uuids.emplace_back(vms->get_text(0));
      }
      database_.execute(
          "UPDATE captures SET document_sha256 = r.new, secrets = coalesce(captures.secrets, 0) + r.secrets, error = "
          "CASE WHEN r.error IS NULL OR captures.error IS NULL THEN coalesce(captures.error, r.error) ELSE "
          "captures.error || '; ' || r.error END FROM temp.virtsql_redacted AS r WHERE captures.document_sha256 = "
          "r.old; "
          "DELETE FROM documents WHERE id IN (SELECT id FROM temp.virtsql_redacted)");
    }
    // Not dropped, which SQLite refuses while a statement reads.
    database_.execute("DELETE FROM temp.virtsql_redacted");
    return out;
  }

 private:
  struct Stored {
    std::int64_t id;
    std::string digest;
  };

  // The next document that was there before; those that are made meanwhile have higher ids, and nothing to leave out.
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
    insert->bind_text(5, redacted.error.empty() ? std::string_view() : std::string_view(redacted.error));
    insert->run();
  }

  // Writes the documents that stay and were compressed against one that goes, anew.
  void free_of_keyframes() {
    for (;;) {
      std::int64_t id = 0;
      {
        Use next(database_.prepared(
            "SELECT d.id FROM documents AS d JOIN temp.virtsql_redacted AS r ON r.id = d.keyframe_id "
            "WHERE d.id NOT IN (SELECT id FROM temp.virtsql_redacted) ORDER BY d.id LIMIT 1"));
        if (!next->step()) return;
        id = next->get_int(0);
      }
      documents_.rebase(id, 0);
    }
  }

  Database& database_;
  Documents documents_;
  const std::vector<std::string>& paths_;
};

}  // namespace

Rewritten redact_history(Database& database, const std::vector<std::string>& paths) {
  const SecureDelete secure(database);
  const WithoutTriggers quiet(database.handle());
  Savepoint savepoint(database);
  const Rewritten out = Redaction(database, paths).run();
  savepoint.release();
  return out;
}

void overwrite_log(Database& database) {
  sqlite3_wal_checkpoint_v2(database.handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
}

}  // namespace virtsql
