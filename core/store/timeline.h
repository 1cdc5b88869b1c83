// The history of one VM in the order of time (captures.id): its captures, its definition at a given time, and how the
// definition changed.
//
//   DomainChanges changes = timeline.changes(uuid, {});
//   while (changes.next()) for (const Difference& difference : changes.differences()) ...
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/database.h"
#include "core/catalog/catalog.h"
#include "core/rows/diff.h"
#include "core/rows/document.h"
#include "core/store/documents.h"

namespace virtsql {

// One capture of a VM.
struct HistoryEntry {
  std::int64_t capture_id = 0;
  std::string captured_at, host, driver, operation, sub_operation, config, source;
  std::int64_t size = 0;  // bytes of the document
  std::optional<bool> exact;
  // Whether the definition differs from the one in the capture of the same config before, or there was none before
  // (the first capture, or the first one after an undefine). Captures whose document cannot be read are passed over.
  // Nothing if that was not asked for, if the capture has no document that can be read, or if it ended the definition.
  std::optional<bool> changed;
  // `counts` and `damage` are set only if the changes were asked for.
  // Whether definition_at() would say something else of a later time if the capture were not there.
  bool counts = false;
  // Why the document is damaged; empty if it is not.
  std::string damage;
};

// Goes through the captures that changed a VM's definition, one after the other. Holds two documents at a time and
// reads each once. Database, catalog and documents must outlive it.
class DomainChanges {
 public:
  // Is called with the digest of each document that is read, and the document.
  using Visit = std::function<void(const std::string& digest, Document& document)>;

  // `since`: only captures with this id or a later one; 0: all. The first of them is compared with the definition
  // before it. The very first definition of a VM has none before it, so it is no change.
  DomainChanges(Database& database, const Catalog& catalog, Documents& documents, std::string_view vm_uuid,
                std::int64_t since, Visit visit = {});

  // Goes to the next capture with differences. Returns false if there is none. A document that is gone or damaged is
  // passed over: the next one is compared with the one before it. Throws DatabaseError.
  bool next();

  std::int64_t capture_id() const { return capture_id_; }
  const std::string& captured_at() const { return captured_at_; }
  // The differences between the definition before and this one. If the definition was undefined, or came back after
  // that, the one difference is the whole <domain>, without its XML.
  const std::vector<Difference>& differences() const { return differences_; }
  // The captures that next() has compared with what was before, with and without differences, in their order. Not among
  // them are those that it passed over, and the VM's first definition.
  const std::vector<std::int64_t>& compared() const { return compared_; }

 private:
  bool take(const Statement& row);
  bool compare(std::string digest);

  const Element& root_;
  Documents& documents_;
  Visit visit_;
  std::string vm_uuid_;  // bound to captures_
  Statement captures_;
  std::int64_t capture_id_ = 0;
  std::string captured_at_;
  std::vector<Difference> differences_;
  std::vector<std::int64_t> compared_;
  std::unique_ptr<Document> before_;  // the definition before; null: none was captured yet, or it was undefined
  std::string digest_;                // SHA-256 of before_'s bytes
  bool gone_ = false;                 // undefined, and not defined again yet
};

class Timeline {
 public:
  // All three must outlive it.
  Timeline(Database& database, const Catalog& catalog, Documents& documents)
      : database_(database), catalog_(catalog), documents_(documents) {}

  // Returns the captures of the VM with the UUID, oldest first. `with_changes`: also finds out which of them changed
  // the definition, which reads each distinct document. Throws DatabaseError.
  std::vector<HistoryEntry> captures(std::string_view vm_uuid, bool with_changes);

  // Returns the VM's definition as it was at this captures.id: the newest persistent document by then; if there is
  // none, the newest live one. Nothing if the VM was undefined then or nothing was known of it. Throws DamagedDocument,
  // DatabaseError.
  std::optional<std::string> definition_at(std::string_view vm_uuid, std::int64_t last_id);

  // Throws DatabaseError.
  DomainChanges changes(std::string_view vm_uuid, std::int64_t since) {
    return {database_, catalog_, documents_, vm_uuid, since};
  }

 private:
  // What the document with a SHA-256 says.
  struct Definition {
    std::string digest;  // SHA-256 of the definition; empty: the document has none that can be read
    std::string damage;  // HistoryEntry::damage
  };
  Definition definition_of(std::string_view digest);
  std::int64_t last_end(std::string_view vm_uuid, std::int64_t last_id);

  Database& database_;
  const Catalog& catalog_;
  Documents& documents_;
};

// The lowest and the highest captures.id that captures.captured_at shows as a given time, in milliseconds since 1970.
// captured_at is the id rounded to milliseconds, which SQLite computes in doubles that are exact to 1/32 ms: hence 532
// microseconds and not 500.
constexpr std::int64_t first_id_at(std::int64_t milliseconds) { return milliseconds * 1000 - 532; }
constexpr std::int64_t last_id_at(std::int64_t milliseconds) { return milliseconds * 1000 + 532; }

// SQL for the value of a column of the newest definition of the VM before the capture `u`; NULL if there is none. An
// undefine `u` ended the VM's definition if it is of the host of that definition.
std::string sql_of_definition_before(std::string_view column);

}  // namespace virtsql
