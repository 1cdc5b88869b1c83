#include "core/store/timeline.h"

#include <string>
#include <unordered_map>
#include <utility>

#include "core/base/sha256.h"
#include "core/spool/capture.h"
#include "core/spool/operations.h"
#include "core/store/capture_conditions.h"

namespace virtsql {
namespace {

// An undefine ends a VM's definition if it is by the host that had the VM's newest definition before it. Another host's
// undefine ends nothing: the host that a VM left by migration forgets it, and the VM goes on elsewhere. Without a
// definition before, every undefine ends what there is.

// Tells which captures end the definition, for those of one VM in the order of their ids.
class Ends {
 public:
  // `host`: captures.host_id, 0 if that is NULL. `is_definition`: the capture is of the persistent config and has a
  // document.
  bool next(std::string_view operation, std::int64_t host, bool is_definition) {
    const bool ends = operation == operations::kUndefine && (host_ == 0 || host == host_);
    if (is_definition) host_ = host;
    return ends;
  }

 private:
  std::int64_t host_ = 0;  // that had the newest definition
};

// The captures `u` of the VM ?1 that define it or end its definition. Leaves out captures with an error: they have no
// document that could be compared. A window finds the definitions before, because a subquery for each capture takes
// time that is quadratic in their number.
std::string sql_of_definitions() {
  return "SELECT u.id, u.captured_at, u.operation = 'undefine', u.document_sha256 FROM (SELECT c.*, max(CASE WHEN " +
         sql_is_definition("c") +
         " THEN c.id END) OVER (ORDER BY c.id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS id_before FROM "
         "captures AS c WHERE c.vm_uuid = ?1 AND c.kind = 'domain') AS u LEFT JOIN captures AS b ON b.id = u.id_before "
         "WHERE (u.operation = 'undefine' AND u.host_id IS coalesce(b.host_id, u.host_id) OR " +
         sql_is_definition("u") + " AND " + sql_is_readable("u") + ")";
}

}  // namespace

std::string sql_of_definition_before(std::string_view column) {
  return "(SELECT d." + std::string(column) + " FROM captures AS d WHERE d.vm_uuid = u.vm_uuid AND " +
         sql_is_definition("d") + " AND d.id < u.id ORDER BY d.id DESC LIMIT 1)";
}

std::vector<HistoryEntry> Timeline::captures(std::string_view vm_uuid, bool with_changes) {
  std::vector<HistoryEntry> out;
  std::vector<std::string> digests;
  std::vector<bool> ends;  // whether the capture ended the definition
  {
    Use statement(database_.prepared(
        "SELECT u.id, u.captured_at, h.name, u.driver, u.operation, u.sub_operation, u.config, u.source, d.size, "
        "u.exact, u.document_sha256, u.host_id "
        "FROM captures AS u LEFT JOIN hosts AS h ON h.id = u.host_id LEFT JOIN documents AS "
        "d ON d.sha256 = u.document_sha256 WHERE u.vm_uuid = ?1 AND u.kind = 'domain' ORDER BY u.id"));
    statement->bind_text(1, vm_uuid);
    Ends definition_ends;
    while (statement->step()) {
      HistoryEntry entry;
      entry.capture_id = statement->get_int(0);
      std::string* const texts[] = {&entry.captured_at,   &entry.host,   &entry.driver, &entry.operation,
                                    &entry.sub_operation, &entry.config, &entry.source};
      int column = 1;
      for (std::string* text : texts) *text = statement->get_text(column++);
      entry.size = statement->get_int(8);
      if (!statement->is_null(9)) entry.exact = statement->get_int(9) != 0;
      digests.emplace_back(statement->get_blob(10));
      ends.push_back(definition_ends.next(entry.operation, statement->get_int(11),
                                          entry.config == "persistent" && !digests.back().empty()));
      out.push_back(std::move(entry));
    }
  }
  if (!with_changes) return out;
  std::unordered_map<std::string, Definition> definitions;  // by the SHA-256 of the document
  std::unordered_map<std::string, std::string> before;      // Definition::digest of the last one by config
  enum class AfterEnd { kNothing, kRan, kStopped };
  bool is_gone = false;                     // the definition was ended, and none came since
  AfterEnd after_end = AfterEnd::kNothing;  // what the last live capture since then said
  for (std::size_t at = 0; at < out.size(); ++at) {
    HistoryEntry& entry = out[at];
    if (ends[at]) {
      before.erase("persistent");
      entry.counts = is_gone = true;
      after_end = AfterEnd::kNothing;
      continue;
    }
    const auto [found, is_new] = definitions.try_emplace(digests[at]);
    if (is_new && !digests[at].empty()) found->second = definition_of(digests[at]);
    entry.damage = found->second.damage;
    const std::string& definition = found->second.digest;
    if (definition.empty()) continue;
    std::string& last = before[entry.config];
    entry.changed = last != definition;
    last = definition;
    entry.counts = *entry.changed;
    if (entry.config == "persistent") {
      is_gone = false;
    } else if (is_gone) {
      const AfterEnd now = operations::has_ended(entry.operation) ? AfterEnd::kStopped : AfterEnd::kRan;
      entry.counts = entry.counts || after_end != now;
      after_end = now;
    }
  }
  return out;
}

Timeline::Definition Timeline::definition_of(std::string_view digest) {
  Definition out;
  try {
    Document document(documents_.read(digest), catalog_.root("domain"));
    out.digest = sha256(document.definition_xml());
  } catch (const xml::Error&) {
    // no document: its capture says why
  } catch (const DamagedDocument& error) {
    out.damage = error.what();
  }
  return out;
}

// Returns the id of the last capture, up to `last_id`, that ended the VM's definition; 0 if there is none.
std::int64_t Timeline::last_end(std::string_view vm_uuid, std::int64_t last_id) {
  static const std::string kUndefine =
      "SELECT u.id, u.host_id IS coalesce(b.host_id, u.host_id) FROM captures AS u LEFT JOIN captures "
      "AS b ON b.seq = " +
      sql_of_definition_before("seq") +
      " WHERE u.vm_uuid = ?1 AND u.kind = 'domain' AND u.operation = 'undefine' AND u.id = (SELECT "
      "max(n.id) FROM captures AS n WHERE n.vm_uuid = ?1 AND n.kind = 'domain' AND n.operation = "
      "'undefine' AND n.id <= ?2)";
  Use undefines(database_.prepared(kUndefine));
  for (std::int64_t id = last_id;;) {
    undefines->bind_text(1, vm_uuid);
    undefines->bind_int(2, id);
    if (!undefines->step()) return 0;
    if (undefines->get_int(1) != 0) return undefines->get_int(0);
    id = undefines->get_int(0) - 1;
    undefines->reset();
  }
}

std::optional<std::string> Timeline::definition_at(std::string_view vm_uuid, std::int64_t last_id) {
  const std::int64_t undefined = last_end(vm_uuid, last_id);
  std::string digest;
  bool of_running_vm = false;
  {
    static const std::string kNewest =
        "SELECT document_sha256, config, operation FROM captures WHERE vm_uuid = ?1 AND kind = 'domain' AND " +
        sql_is_readable("captures") + " AND id > ?2 AND id <= ?3 ORDER BY config = 'persistent' DESC, id DESC LIMIT 1";
    Use statement(database_.prepared(kNewest));
    statement->bind_text(1, vm_uuid);
    statement->bind_int(2, undefined);
    statement->bind_int(3, last_id);
    if (!statement->step()) return std::nullopt;
    // libvirt forgets an undefined VM when it stops. The hook still captures what ran, which defines nothing any more.
    of_running_vm = statement->get_text(1) != "persistent";
    if (undefined != 0 && of_running_vm && operations::has_ended(statement->get_text(2))) return std::nullopt;
    digest = statement->get_blob(0);
  }
  std::string bytes = documents_.read(digest);
  if (!of_running_vm) return bytes;
  // A status file has more than the VM.
  Document document;
  document.parse(bytes);
  const xml::Node& vm = unwrapped(document.tree());
  if (&vm == &document.tree()) return bytes;
  document.shred(vm, catalog_.root("domain"));
  return document.xml();
}

// Reads first what there is to compare with: the newest definition before `since` that can be read, or the undefine
// after it.
DomainChanges::DomainChanges(Database& database, const Catalog& catalog, Documents& documents, std::string_view vm_uuid,
                             std::int64_t since, Visit visit)
    : root_(catalog.root("domain")),
      documents_(documents),
      visit_(std::move(visit)),
      vm_uuid_(vm_uuid),
      captures_(database.handle(), sql_of_definitions() + " AND u.id >= ?2 ORDER BY u.id") {
  captures_.bind_text(1, vm_uuid_);
  captures_.bind_int(2, since);
  static const std::string kEarlier = sql_of_definitions() + " AND u.id < ?2 ORDER BY u.id DESC";
  Use earlier(database.prepared(kEarlier));
  earlier->bind_text(1, vm_uuid_);
  earlier->bind_int(2, since);
  while (earlier->step() && !take(*earlier)) {
  }
}

bool DomainChanges::next() {
  while (captures_.step()) {
    capture_id_ = captures_.get_int(0);
    captured_at_ = captures_.get_text(1);
    differences_.clear();
    const bool has_before = before_ || gone_;
    const bool is_same = captures_.get_int(2) == 0 && captures_.get_blob(3) == digest_;
    const bool is_new = take(captures_);
    if (has_before && (is_new || is_same)) compared_.push_back(capture_id_);
    if (is_new && !differences_.empty()) return true;
  }
  differences_.clear();
  return false;
}

// Takes a row of sql_of_definitions() as what the next one is compared with. Returns false if it cannot be.
bool DomainChanges::take(const Statement& row) {
  if (row.get_int(2) == 0) return compare(std::string(row.get_blob(3)));
  gone_ = true;
  digest_.clear();
  if (before_) differences_.push_back(undefined_difference());
  before_.reset();
  return true;
}

// Compares the document with the digest with the one before and puts it in its place. Returns false if it cannot have
// differences: it is the same document, it cannot be read, or it is not one of a domain.
bool DomainChanges::compare(std::string digest) {
  if (digest == digest_) return false;
  std::unique_ptr<Document> now;
  try {
    now = std::make_unique<Document>(documents_.read(digest), root_);
  } catch (const xml::Error&) {
    return false;  // no domain by this program's catalog: nothing that could be compared
  } catch (const DamagedDocument&) {
    return false;
  }
  if (visit_) visit_(digest, *now);
  if (before_)
    differences_ = diff(before_->definition(), now->definition(), DiffMode::kAll);
  else if (gone_)
    differences_.push_back(whole_document(Difference::Change::kAdded, root_.name));
  before_ = std::move(now);
  digest_ = std::move(digest);
  gone_ = false;
  return true;
}

}  // namespace virtsql
