// The history of one VM in the order of time (captures.id): what was captured of it, what its definition was at a time,
// and how that changed.
//
//   DomainChanges changes = timeline.changes(uuid, {});
//   while (changes.next()) for (const Difference& difference : changes.differences()) ...
#pragma once

#include <cstdint>
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
  // Whether the definition is another than in the capture of the same config before, or is one again; nothing if that
  // was not asked for, or there is no document that could be read.
  std::optional<bool> changed;
};

// The captures that changed a VM's definition, one after the other. It holds two documents at a time and reads each
// once. The documents must outlive it.
class DomainChanges {
 public:
  // `since`: only captures with this id or a later one; 0: all. The definition before them is what the first is
  // compared with; the first of all has nothing before it and is no change.
  DomainChanges(Database& database, const Catalog& catalog, Documents& documents, std::string_view vm_uuid,
                std::int64_t since);

  // Goes to the next capture with differences; false behind the last. Throws std::runtime_error if a document is gone
  // or damaged.
  bool next();

  std::int64_t capture_id() const { return capture_id_; }
  const std::string& captured_at() const { return captured_at_; }
  // Between the definition before and this one. One that goes, and one that comes after it went, are the whole
  // <domain>, without its XML.
  const std::vector<Difference>& differences() const { return differences_; }

 private:
  bool compare(std::string digest);

  const Element& root_;
  Documents& documents_;
  std::string vm_uuid_;  // bound to captures_
  Statement captures_;
  std::int64_t capture_id_ = 0;
  std::string captured_at_;
  std::vector<Difference> differences_;
  std::unique_ptr<Document> before_;  // the definition before; null: none has been captured yet, or it is undefined
  std::string digest_;                // of before_'s bytes
  bool gone_ = false;                 // undefined, after it had been defined
};

class Timeline {
 public:
  // All three must outlive it.
  Timeline(Database& database, const Catalog& catalog, Documents& documents)
      : database_(database), catalog_(catalog), documents_(documents) {}

  // The captures of the VM with the UUID, oldest first. `with_changes`: whether to find out what changed the
  // definition, which reads each distinct document. Throws DatabaseError; std::runtime_error if a document is damaged.
  std::vector<HistoryEntry> captures(std::string_view vm_uuid, bool with_changes);

  // The definition as of the capture with this id, or the last one before it: the newest persistent document, without
  // one the newest live one. Nothing if the VM was undefined then, or nothing was known of it. Throws as captures().
  std::optional<std::string> definition_at(std::string_view vm_uuid, std::int64_t last_id);

  // Throws DatabaseError.
  DomainChanges changes(std::string_view vm_uuid, std::int64_t since) {
    return {database_, catalog_, documents_, vm_uuid, since};
  }

 private:
  Database& database_;
  const Catalog& catalog_;
  Documents& documents_;
};

// captures.captured_at is captures.id rounded to milliseconds, by SQLite in doubles that are exact to 1/32 ms. Bounds
// of the ids that show as a time, given in milliseconds since 1970.
constexpr std::int64_t first_id_at(std::int64_t milliseconds) { return milliseconds * 1000 - 532; }
constexpr std::int64_t last_id_at(std::int64_t milliseconds) { return milliseconds * 1000 + 532; }

// Operations after which a VM does not run: what was captured of it then is of the past.
bool has_ended(std::string_view operation);

}  // namespace virtsql
