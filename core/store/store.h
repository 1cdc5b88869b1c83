// The store: what virtsql does with a database. Captures go into the history and, where they should, into the rows;
// rows give XML. What it is made of:
//
//   arrival.h     what a capture says: what it is about, the rows of its document
//   captures.h    the history, with documents.h its documents; timeline.h a VM's by time
//   follower.h    which capture the rows of a VM follow; objects.h of all else; root_rows.h what both have in common
//   vm_states.h   what libvirt last said of each VM
//   row_store.h   rows in SQLite
//   recent_documents.h, recent_rows.h   what the one writer need not read again
//   names.h, drift.h, define.h, clone.h, prune.h
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/database.h"
#include "core/catalog/catalog.h"
#include "core/rows/generate.h"
#include "core/spool/capture.h"
#include "core/store/arrival.h"
#include "core/store/captures.h"
#include "core/store/define.h"
#include "core/store/drift.h"
#include "core/store/follower.h"
#include "core/store/hosts.h"
#include "core/store/migrate.h"
#include "core/store/objects.h"
#include "core/store/prune.h"
#include "core/store/recent_rows.h"
#include "core/store/redaction.h"
#include "core/store/root_rows.h"
#include "core/store/row_store.h"
#include "core/store/schema_mark.h"
#include "core/store/timeline.h"
#include "core/store/vm_states.h"

namespace virtsql {

// What to do about rows that cannot follow a capture: rows that no XML can say, an analyst's index, trigger or
// constraint that refuses them.
enum class Rows {
  kStrict,   // nothing is recorded; the error is the caller's
  kGuarded,  // the capture is recorded whole, and the VM is DRIFTED with the reason; costs a savepoint
};

class Store {
 public:
  // Works on a connection that must outlive the store; so must `recent`, which is for a connection that nobody else
  // writes through. The schema is made or migrated by init().
  Store(Database& database, const Catalog& catalog, RecentRows* recent = nullptr);

  // See init.h.
  int init(WriterLockHeld held = WriterLockHeld::kNo);
  // The schema version of the database; 0 if there is none.
  int schema_version();

  // Records an event and lets the rows follow it where they should. Whatever the bytes are, the capture is kept: what
  // is wrong with them is in its error. Throws DatabaseError if the database fails, std::bad_alloc: with nothing
  // changed, or inside a transaction of the caller's, who is to roll it back.
  CaptureResult capture(const Capture& capture, Rows rows = Rows::kStrict);
  // The same of one that has been read already, perhaps by another thread.
  CaptureResult capture(Arrival& arrival, Rows rows = Rows::kStrict);

  // Records a document that a user gives, and lets the rows follow it. Unlike capture() it refuses what is no document
  // of the root, with nothing recorded: throws xml::Error. A VM whose rows cannot follow is DRIFTED with the
  // reason; StoreError if it has none that could say so. `function` is for the message.
  CaptureResult import(const Capture& capture, std::string_view root, std::string_view function);

  // See Definer::define().
  Defined define(std::string_view xml, std::string_view root, const std::string& host);

  // See Follower::accept() and Objects::accept().
  void accept(std::int64_t vm_id);
  void accept_object(std::string_view root, std::string_view key, std::string_view function,
                     KeyType type = KeyType::kText);

  // See clone_vm() and drift_of().
  std::string clone(std::int64_t vm_id, std::string_view new_name);
  std::vector<Drift> drift(std::int64_t vm_id);

  // Removes captures older than that many days, see prune.h; how many.
  std::size_t prune(int days, Prune::Keep keep);

  // Leaves secrets out of the history and the rows, see redaction.h.
  Rewritten redact(const std::vector<std::string>& paths);

  // What was captured of VMs, by time.
  Timeline& timeline();

  // Which VM a `vm` argument means: see find_vm() and find_vm_uuid().
  std::int64_t find_vm(std::string_view uuid_or_name, std::string_view function);
  std::string find_uuid(std::string_view uuid_or_name, std::string_view function);

  // The VM's XML. Throws StoreError if there is no such VM, RowError for a row that no XML can say.
  std::string domain_xml(std::int64_t vm_id, Form form);
  // The document of a row of another root (a network, a pool), known by its id or one of its {key} columns.
  std::string object_xml(std::string_view root, std::string_view key, std::string_view function,
                         KeyType type = KeyType::kText, Form form = Form::kFull);
  // The element of one row of an attachment table, which may be named by its view. Throws StoreError if there is no
  // such table or row.
  std::string device_xml(std::string_view table, std::int64_t id);
  // See Captures::xml().
  std::string captured_xml(std::int64_t capture_id);

  std::int64_t host_id(const std::string& name) { return hosts_.id(name); }
  Database& database() { return database_; }

 private:
  // Whether what is to be done can be done with the schema that is there; throws StoreError.
  void check_schema(Access access = Access::kRead);
  void take(Arrival& arrival, Rows rows);
  void move_rows(Arrival& arrival, std::int64_t host);
  void move_rows_guarded(Arrival& arrival, std::int64_t host);

  Database& database_;
  const Catalog& catalog_;
  RecentRows* recent_;
  RowStore row_store_;
  Captures captures_;
  Timeline timeline_;
  VmStates states_;
  Hosts hosts_;
  RootRows root_rows_;
  Follower follower_;
  Objects objects_;
  std::optional<Access> checked_;  // what the schema was found to be good for
};

}  // namespace virtsql
