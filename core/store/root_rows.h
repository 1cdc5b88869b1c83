// The row of a root, with what is below it: whether it follows libvirt, or is somebody's intent.
//
// A row is `imported` as long as nobody edited it, by plain SQL too: what its rows give is what they gave when they
// were last filled (rows_sha256). One that was edited is `managed` from the next capture on. No capture changes it
// then; it is SYNCED or DRIFTED, with the differences.
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

  // How a document comes to rows that are there.
  enum class As {
    kDefinition,  // what libvirt has defined
    kStart,       // what libvirt is about to start: the definition and what it adds
    kRunning,     // what runs
    kGiven,       // what runs, by the word of whoever imported it: taken if it differs from the definition
  };
  // Lets the rows follow the document, or, where somebody edited them, says how it differs. `state` is that of rows
  // that follow; it needs no rows_sha256.
  void settle(const Element& root, std::int64_t id, Document& document, VmState state, As as);
  // The same for a VM whose rows were found a moment ago to give the document with that digest, and have not been
  // touched since: without reading either. False: that is not known, and nothing was done.
  bool settle_same(const Element& root, std::int64_t id, std::string_view digest, VmState state, As as);

  // Inserts the document's rows, which follow it; their id.
  std::int64_t insert(Document& document, VmState state);

  // Makes the rows the document's whatever they were, and lets them follow libvirt again.
  void accept(const Element& root, std::int64_t id, Document& document, VmState state);

  // The thing is on that host from now on, with what belongs to it there.
  void move(const Element& root, std::int64_t id, std::int64_t host_id);

  // libvirt has the thing no more. Rows that somebody edited stay, so that it can be made again from them, and are
  // DRIFTED; whether they stay.
  bool forget(const Element& root, std::int64_t id);

  // Sets sync_status and drift_details: SYNCED without differences. The row is managed from now on if `managed`.
  void set_drift(const Table& table, std::int64_t id, const std::vector<Difference>& differences, bool managed);

 private:
  // What the housekeeping columns of a root row say.
  struct Kept {
    bool managed = false;
    std::string digest;  // of the rows as they were written; empty: from before there were digests
    std::int64_t host_id = 0;
  };
  Kept kept(const Element& root, std::int64_t id);
  // Loads the rows into `current`. Whether they are somebody's.
  bool is_edited(const Element& root, std::int64_t id, const Kept& kept, Document& current);
  // The rows give the document now, and follow it.
  void keep_recent(const Element& root, std::int64_t id, Document& document);

  Database& database_;
  RowStore& rows_;
  RecentRows* recent_;
};

}  // namespace virtsql
