#include "core/store/prune.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <unordered_set>
#include <utility>

#include "core/base/sql_quote.h"
#include "core/rows/row_error.h"
#include "core/schema/root_words.h"
#include "core/spool/states.h"
#include "core/store/capture_conditions.h"
#include "core/store/timeline.h"
#include "core/store/vm_states.h"

namespace virtsql {
namespace {

constexpr int kPages = 32;  // freed by one incremental_vacuum

// The columns of captures that tell which thing a capture is about. Of a VM not the name, as it may change.
const std::string kThing = "kind, host_id, vm_uuid, iif(kind = 'domain' AND vm_uuid IS NOT NULL, NULL, name)";

// SQL that selects captures.seq of the captures that are kept whatever their age (see prune.h).
std::string kept_captures(const Catalog& catalog, Prune::Keep keep) {
  const std::string in_order = " " + sql_is_in_order("captures");
  const std::string readable = " " + sql_is_readable("captures");
  const std::string by_config = " GROUP BY " + kThing + ", config";
  std::string named;
  for (const auto& root : catalog.roots())
    named +=
        (named.empty() ? "" : " UNION ") + std::string("SELECT capture_id FROM ") + quote_identifier(root->table->name);
  std::string out = "SELECT max(seq) FROM captures WHERE" + in_order + by_config +
                    " UNION SELECT max(seq) FROM captures WHERE" + readable + " AND" + in_order + by_config +
                    " UNION SELECT seq FROM (SELECT seq, max(id) FROM captures WHERE" + readable + by_config +
                    ") UNION SELECT max(seq) FROM captures WHERE operation = 'undefine' GROUP BY " + kThing +
                    " UNION SELECT seq FROM captures WHERE id IN (" + named + ")";
  // `life` counts the undefines of the thing: what comes after one is new, whatever was before.
  if (keep == Prune::Keep::kChanges)
    out +=
        " UNION SELECT seq FROM captures WHERE operation = 'undefine' UNION SELECT seq FROM (SELECT seq, "
        "document_sha256 IS NOT lag(document_sha256) OVER (PARTITION BY " +
        kThing +
        ", config, life ORDER BY seq) AS changed FROM (SELECT *, sum(operation IS 'undefine') OVER (PARTITION BY " +
        kThing + " ORDER BY seq) AS life FROM captures WHERE kind <> 'domain' OR vm_uuid IS NULL)) WHERE changed";
  return out;
}

// SQL that selects captures.seq of the definitions without which an undefine in the table `kept` would say something
// else (see prune.h). Without definitions by another host an undefine always ends the VM.
std::string definitions_before_undefines() {
  return "SELECT " + sql_of_definition_before("seq") +
         " FROM captures AS u WHERE u.kind = 'domain' AND u.operation = 'undefine' AND u.seq IN (SELECT seq FROM kept) "
         "AND EXISTS (SELECT 1 FROM captures AS o WHERE o.vm_uuid = u.vm_uuid AND " +
         sql_is_definition("o") + " AND o.id < u.id AND o.host_id IS NOT u.host_id)";
}

std::int64_t id_of_days_ago(int days) {
  const auto then = std::chrono::system_clock::now() - std::chrono::hours(24) * days;
  return std::chrono::duration_cast<std::chrono::microseconds>(then.time_since_epoch()).count();
}

}  // namespace

class Prune::Deadline {
 public:
  explicit Deadline(std::chrono::microseconds time) : end_(std::chrono::steady_clock::now() + time) {}
  bool passed() const { return std::chrono::steady_clock::now() >= end_; }

 private:
  std::chrono::steady_clock::time_point end_;
};

Prune::Prune(Database& database, const Catalog& catalog, int days, Keep keep)
    : database_(database),
      catalog_(catalog),
      rows_(database, catalog),
      root_rows_(database, rows_, nullptr),
      documents_(database),
      before_id_(id_of_days_ago(days)) {
  assert(days >= 0);
  find_captures(keep);
  if (keep == Keep::kChanges) keep_changes();
  find_vms();
}

void Prune::find_captures(Keep keep) {
  Statement statement(database_.handle(),
                      "WITH kept(seq) AS (" + kept_captures(catalog_, keep) +
                          " UNION SELECT seq FROM captures WHERE id >= ?1) SELECT seq FROM captures WHERE seq NOT IN "
                          "(SELECT seq FROM kept UNION " +
                          definitions_before_undefines() + ") ORDER BY seq DESC");
  statement.bind_int(1, before_id_);
  while (statement.step()) doomed_.push_back(statement.get_int(0));
}

// Takes the captures that count for a VM's definition out of doomed_; if a document of the VM is damaged, all of its
// captures.
void Prune::keep_changes() {
  std::map<std::string, std::vector<std::pair<std::int64_t, std::int64_t>>> by_vm;  // seq and id
  std::vector<std::int64_t> doomed;
  for (const std::int64_t seq : doomed_) {
    Use statement(database_.prepared("SELECT lower(vm_uuid), id FROM captures WHERE seq = ?1 AND kind = 'domain'"));
    statement->bind_int(1, seq);
    if (statement->step() && !statement->is_null(0))
      by_vm[std::string(statement->get_text(0))].emplace_back(seq, statement->get_int(1));
    else
      doomed.push_back(seq);
  }
  Timeline timeline(database_, catalog_, documents_);
  for (const auto& [uuid, captures] : by_vm) {
    std::unordered_set<std::int64_t> counting;
    std::string damage;
    for (const HistoryEntry& entry : timeline.captures(uuid, true)) {
      if (entry.counts) counting.insert(entry.capture_id);
      if (damage.empty()) damage = entry.damage;
    }
    if (!damage.empty()) {
      problems_.push_back("the captures of VM " + uuid + " are kept: " + damage);
      continue;
    }
    for (const auto& [seq, id] : captures)
      if (!counting.contains(id)) doomed.push_back(seq);
  }
  std::sort(doomed.begin(), doomed.end(), std::greater<>());
  doomed_ = std::move(doomed);
}

// The condition that a VM is imported and has been undefined for longer than the age on every host that had it.
const std::string kGone =
    "source = " + sql_literal(rows_source::kImported) +
    " AND EXISTS (SELECT 1 FROM vm_states WHERE vm_uuid = uuid) AND NOT EXISTS (SELECT 1 FROM vm_states WHERE vm_uuid "
    "= uuid AND (state <> " +
    sql_literal(states::kUndefined) + " OR since IS NULL OR since >= " + sql_time("?1") + "))";

void Prune::find_vms() {
  Statement statement(database_.handle(), "SELECT id FROM virtual_machines WHERE " + kGone);
  statement.bind_int(1, before_id_);
  while (statement.step()) gone_vms_.push_back(statement.get_int(0));
}

void Prune::find_documents() {
  documents_known_ = true;
  last_seq_ = database_.query_int("SELECT max(seq) FROM captures");
  std::vector<std::int64_t> orphans;
  {
    Statement statement(database_.handle(),
                        "SELECT id FROM documents WHERE sha256 NOT IN (SELECT document_sha256 FROM captures WHERE "
                        "document_sha256 IS NOT NULL) ORDER BY id");
    while (statement.step()) orphans.push_back(statement.get_int(0));
  }
  const auto is_orphan = [&](std::int64_t id) { return std::binary_search(orphans.begin(), orphans.end(), id); };
  // An orphan that is compressed against another one goes before that: whenever the work is interrupted, each document
  // that is still there can be read. orphans_ is worked off from its end.
  std::vector<std::int64_t> compressed_orphans;
  Statement statement(database_.handle(), "SELECT id, keyframe_id FROM documents ORDER BY id");
  while (statement.step()) {
    const std::int64_t id = statement.get_int(0);
    if (is_orphan(id)) {
      (statement.is_null(1) ? orphans_ : compressed_orphans).push_back(id);
      continue;
    }
    last_kept_ = id;
    if (!statement.is_null(1) && is_orphan(statement.get_int(1))) dependents_[statement.get_int(1)].ids.push_back(id);
  }
  orphans_.insert(orphans_.end(), compressed_orphans.begin(), compressed_orphans.end());
}

bool Prune::step(std::chrono::microseconds time) {
  // Before the transaction begins: this reads all documents, and other writers would have to wait for it.
  if (doomed_.empty() && gone_vms_.empty() && !documents_known_) find_documents();
  const WithoutTriggers quiet(database_.handle());
  // Nothing refers to the rows that are deleted here. Checking that would read a whole table for each deleted row,
  // because none of the columns that could refer to it has an index.
  const Switched unchecked(database_.handle(), SQLITE_DBCONFIG_ENABLE_FKEY, false);
  Savepoint savepoint(database_);
  const Deadline deadline(time);
  const bool done =
      remove_captures(deadline) && remove_vms(deadline) && remove_documents(deadline) && free_pages(deadline);
  savepoint.release();
  return !done;
}

bool Prune::remove_captures(const Deadline& deadline) {
  for (; !doomed_.empty(); doomed_.pop_back()) {
    if (deadline.passed()) return false;
    for (const char* table : {"captures", "late_captures", "moved_captures"}) {
      Use remove(database_.prepared(std::string("DELETE FROM ") + table + " WHERE seq = ?1"));
      remove->bind_int(1, doomed_.back());
      remove->run();
      if (table == std::string_view("captures"))
        captures_ += static_cast<std::size_t>(sqlite3_changes(database_.handle()));
    }
  }
  return true;
}

bool Prune::remove_vms(const Deadline& deadline) {
  for (; !gone_vms_.empty(); gone_vms_.pop_back()) {
    if (deadline.passed()) return false;
    std::string uuid;
    {
      // The VM may have come back since find_vms().
      Use statement(database_.prepared("SELECT uuid FROM virtual_machines WHERE id = ?2 AND " + kGone));
      statement->bind_int(1, before_id_);
      statement->bind_int(2, gone_vms_.back());
      if (!statement->step()) continue;
      uuid = statement->get_text(0);
    }
    try {
      if (!root_rows_.remove_unless_edited(catalog_.root("domain"), gone_vms_.back())) continue;
    } catch (const RowError& error) {
      problems_.push_back("VM " + uuid + " is kept: " + error.what());
      continue;
    }
    for (const char* table : {"vm_states", "vendor_options", "virtumancer_imports"}) {
      Use remove(database_.prepared(std::string("DELETE FROM ") + table + " WHERE vm_uuid = ?1"));
      remove->bind_text(1, uuid);
      remove->run();
    }
  }
  return true;
}

// Compresses the dependents of a keyframe anew: the newest by itself, the others against the newest. Returns whether
// all are done.
bool Prune::rebase(Dependents& dependents, const Deadline& deadline) {
  for (; !dependents.ids.empty(); dependents.ids.pop_back()) {
    if (deadline.passed()) return false;
    documents_.rebase(dependents.ids.back(), dependents.keyframe);
    if (dependents.keyframe == 0) dependents.keyframe = dependents.ids.back();
  }
  return true;
}

// Returns whether nothing is left to do for the document: it is removed, it is needed again, or it cannot be removed.
// False: the time is up.
bool Prune::finish_document(std::int64_t id, const Deadline& deadline) {
  {
    // A capture with the same bytes may have arrived since find_documents(). The document stays then, so it must not
    // lose its keyframe.
    Use named(database_.prepared(
        "SELECT d.keyframe_id FROM documents AS d JOIN captures AS c ON c.document_sha256 = d.sha256 WHERE d.id = "
        "?1 AND c.seq > ?2 LIMIT 1"));
    named->bind_int(1, id);
    named->bind_int(2, last_seq_);
    if (named->step()) {
      if (!named->is_null(0)) dependents_[named->get_int(0)].ids.push_back(id);
      return true;
    }
  }
  Dependents& dependents = dependents_[id];
  {
    // Another capture may have arrived since then whose document was compressed against this one.
    Use later(database_.prepared("SELECT id FROM documents WHERE id > ?1 AND keyframe_id = ?2"));
    later->bind_int(1, last_kept_);
    later->bind_int(2, id);
    while (later->step())
      if (std::find(dependents.ids.begin(), dependents.ids.end(), later->get_int(0)) == dependents.ids.end())
        dependents.ids.push_back(later->get_int(0));
  }
  try {
    if (!rebase(dependents, deadline)) return false;
  } catch (const DamagedDocument& error) {
    problems_.push_back(std::string("what is compressed against it is kept: ") + error.what());
    dependents_.erase(id);
    return true;
  }
  dependents_.erase(id);
  Use remove(database_.prepared("DELETE FROM documents WHERE id = ?1"));
  remove->bind_int(1, id);
  remove->run();
  return true;
}

bool Prune::remove_documents(const Deadline& deadline) {
  if (!documents_known_) return false;
  for (; !orphans_.empty(); orphans_.pop_back())
    if (deadline.passed() || !finish_document(orphans_.back(), deadline)) return false;
  return true;
}

// Gives free pages back to the file system, if the database was made with auto_vacuum = INCREMENTAL (2).
bool Prune::free_pages(const Deadline& deadline) {
  if (database_.query_int("PRAGMA main.auto_vacuum") != 2) return true;
  while (database_.query_int("PRAGMA main.freelist_count") > 0) {
    if (deadline.passed()) return false;
    database_.execute("PRAGMA main.incremental_vacuum(" + std::to_string(kPages) + ")");
  }
  return true;
}

}  // namespace virtsql
