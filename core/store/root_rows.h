// The row of a root and the rows below it: whether they follow libvirt or are somebody's intent.
//
// A row is `imported` as long as nobody edited it, not even by plain SQL. An edit is known by rows_sha256: the XML that
// the rows give has another digest than when they were last filled. An edited row becomes `managed` at the next
// capture. From then on no capture changes it; it is SYNCED, or DRIFTED with the differences.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/database.h"
#include "core/catalog/catalog.h"
#include "core/rows/diff.h"
#include "core/rows/document.h"
#include "core/store/recent_rows.h"
#include "core/store/row_store.h"

namespace virtsql {

class RootRows {
 public:
  // All must outlive it; `recent` may be nullptr.
  RootRows(Database& database, RowStore& rows, RecentRows* recent)
      : database_(database), rows_(rows), recent_(recent) {}

  // What a document is that comes to rows that are there already.
  enum class Role {
    kDefinition,  // what libvirt has defined
    kStart,       // what libvirt is about to start: the definition and what libvirt adds to it
    kRunning,     // what runs
    kGiven,       // what runs, as a user's import says: taken if its definition is another than the rows'
  };
  // Changes the rows to the document's. If somebody edited them, stores how the document differs from them instead.
  // `state` is what rows that follow libvirt get; its rows_sha256 is filled in here. Throws StoreError if there is no
  // such row, RowError if no XML can say what the rows hold, DatabaseError.
  void apply(const Element& root, std::int64_t id, Document& document, RootState state, Role role);
  // Does the same, without reading rows or document, if the VM's rows were found a moment ago to give the document with
  // that digest and have not been touched or moved to another host since. Returns false if that is not known: then
  // nothing was done.
  bool apply_unchanged(const Element& root, std::int64_t id, std::string_view digest, RootState state, Role role);

  // Inserts the document's rows, which then follow it. Returns the id of the root's row.
  std::int64_t insert(Document& document, RootState state);

  // Changes the rows into the document's, edited or not, and lets them follow libvirt again. Rows that no document can
  // have are deleted.
  void accept(const Element& root, std::int64_t id, Document& document, RootState state);

  // Moves the row to that host, with the things of a host that it attaches: see RowStore::move(). Does nothing if the
  // row is there already.
  void move(const Element& root, std::int64_t id, std::int64_t host_id);

  // Removes the rows of a thing that libvirt no longer has, unless somebody edited them: edited rows stay, DRIFTED, so
  // that the thing can be made again from them. Returns whether it removed them.
  bool remove_unless_edited(const Element& root, std::int64_t id);

  // Sets sync_status and drift_details: without differences SYNCED and NULL, else DRIFTED and the differences as JSON.
  // `managed`: the row becomes managed as well.
  void set_drift(const Table& table, std::int64_t id, const std::vector<Difference>& differences, bool managed);

 private:
  // Throws StoreError if there is no such row any more.
  StoredState stored(const Element& root, std::int64_t id);
  // Loads the rows. Those that no document can have are deleted first.
  Row* load_all(const Element& root, std::int64_t id, Arena& arena);
  // Loads the rows into `current`. Returns whether somebody edited them.
  bool is_edited(const Element& root, std::int64_t id, const StoredState& stored, Document& current);
  // Remembers in recent_ that the rows give the document now and follow it; of VMs alone.
  void keep_recent(const Element& root, std::int64_t id, Document& document);

  Database& database_;
  RowStore& rows_;
  RecentRows* recent_;
};

}  // namespace virtsql
