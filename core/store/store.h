// The store: everything that virtsql does with a database. It adds captures to the history, lets rows follow them, and
// makes XML of rows. Its parts:
//
//   arrival.h     what a capture says: what it is about, the rows of its document
//   captures.h    the history; documents.h its documents; timeline.h the history of one VM by time
//   follower.h    which capture the rows of a VM follow; objects.h of everything else; root_rows.h what both share
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
#include "core/store/store_error.h"
#include "core/store/timeline.h"
#include "core/store/vm_states.h"

namespace virtsql {

// What to do if the rows cannot be changed to what a capture says: no XML can say what the rows hold, or somebody's
// index, trigger or constraint refuses the new rows.
enum class IfRowsFail {
  kThrow,        // nothing is recorded, and the caller gets the error
  kKeepCapture,  // the capture is recorded whole, and the VM is DRIFTED with the reason; costs a savepoint
};

class Store {
 public:
  // All must outlive the store. `recent` may be given only for a connection that nobody else writes through. init()
  // makes or migrates the schema.
  Store(Database& database, const Catalog& catalog, RecentRows* recent = nullptr);

  // See init.h.
  int init(WriterLockHeld held = WriterLockHeld::kNo);

  // Records an event and lets the rows follow it if they should. The capture is kept whatever its bytes are; what is
  // wrong with them goes into captures.error. Throws DatabaseError if the database fails, or std::bad_alloc. Outside of
  // a transaction nothing is changed then. Inside a transaction of the caller, the caller must roll it back.
  CaptureResult capture(const Capture& capture, IfRowsFail if_rows_fail = IfRowsFail::kThrow);
  // The same for a capture that has been read already, perhaps by another thread.
  CaptureResult capture(Arrival& arrival, IfRowsFail if_rows_fail = IfRowsFail::kThrow);

  // Records a document that a user gives, and lets the rows follow it. Throws xml::Error, with nothing recorded, if the
  // bytes are no document of the root (capture() would record them). If a VM's rows cannot follow, the VM is DRIFTED
  // with the reason; throws StoreError if the VM has no row to say so. Error messages name `function`.
  CaptureResult import(const Capture& capture, std::string_view root, std::string_view function);

  // See Definer::define().
  Defined define(std::string_view xml, std::string_view root, const std::string& host);

  // See Follower::accept() and Objects::accept().
  void accept(std::int64_t vm_id);
  void accept_object(std::string_view root, std::string_view key, std::string_view function,
                     KeyType type = KeyType::kText);

  // See clone_vm().
  std::string clone(std::int64_t vm_id, std::string_view new_name);

  // Loads the VM's rows into the document, which has none yet; it has none afterwards if there is no such VM. Its xml()
  // is domain_xml() in the full form.
  void load(std::int64_t vm_id, Document& rows);
  // See drift_of(). `rows` are those that load() gave, for a caller that needs them for more.
  std::vector<Drift> drift(std::int64_t vm_id);
  std::vector<Drift> drift(std::int64_t vm_id, Document& rows);

  // Removes captures older than that many days, see prune.h. Returns how many were removed.
  std::size_t prune(int days, Prune::Keep keep);

  // Removes secrets from the history, the rows and the write-ahead log, see redaction.h.
  Rewritten redact(const std::vector<std::string>& paths);

  // The history of VMs by time.
  Timeline& timeline();

  // The VM that a `vm` argument means, as id and as UUID: see find_vm() and find_vm_uuid() in names.h.
  std::int64_t find_vm(std::string_view uuid_or_name, std::string_view function);
  std::string find_uuid(std::string_view uuid_or_name, std::string_view function);

  // Returns the VM's XML. Throws StoreError if there is no such VM, RowError for a row that no XML can say.
  std::string domain_xml(std::int64_t vm_id, Form form);
  // Returns the document of a row of another root (a network, a pool), see Objects::find() for `key` and `type`.
  std::string object_xml(std::string_view root, std::string_view key, std::string_view function,
                         KeyType type = KeyType::kText, Form form = Form::kFull);
  // Returns the XML element of one row of an attachment table. `table` may also be the table's view (vm_disks). Throws
  // StoreError if there is no such table or row.
  std::string device_xml(std::string_view table, std::int64_t id);
  // See Captures::xml().
  std::string captured_xml(std::int64_t capture_id);

  Database& database() { return database_; }

  // Throws StoreError unless the schema of the database allows this access (schema_mark.h); that answer is kept in
  // checked_. Also if a temporary table or view hides one of the schema's (shadowed.h).
  void check_schema(Access access = Access::kRead);

 private:
  void take(Arrival& arrival, IfRowsFail if_rows_fail);
  bool ends_nothing(const Arrival& arrival);
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
  std::optional<Access> checked_;  // the access that check_schema() last allowed
};

}  // namespace virtsql
