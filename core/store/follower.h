// Which capture the rows of a VM follow.
//
//   - Rows that somebody edited are the intent (`managed`). A capture only updates whether they drifted. root_rows.h
//     says how an edit is recognized.
//   - Rows that follow libvirt (`imported`) hold the newest persistent capture, or the newest live capture as long as
//     there is no persistent one.
//   - At `prepare` libvirt says what it is about to start. If the definition in that document differs from the rows, it
//     was changed unseen, and the rows take it. They do not if the hook's capture before was `restore` or `migrate`:
//     then libvirt goes on with a VM that ran before, and the document is that VM's state.
//   - If every capture of a VM is an import, the rows also take an imported document of the running VM if its
//     definition differs: whoever imports one document after the other expects the newest.
//   - If the libvirt of the VM's host undefines the VM, its rows stay and become DRIFTED. If the VM runs on, or runs
//     again, it is transient, and the rows follow the live captures.
//   - Right after a capture, sync_status and drift_details have what domain_drift finds.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

#include "core/base/database.h"
#include "core/catalog/catalog.h"
#include "core/store/captures.h"
#include "core/store/root_rows.h"

namespace virtsql {

class Follower {
 public:
  // All arguments must outlive it.
  Follower(Database& database, const Catalog& catalog, RowStore& row_store, RootRows& rows, Captures& captures)
      : database_(database), catalog_(catalog), row_store_(row_store), rows_(rows), captures_(captures) {}

  // These five throw DatabaseError. If the VM's rows are at fault (is_of_the_rows()), the database is left in between:
  // the caller rolls back.

  // Changes the VM's rows to what the capture says, if they follow it by the rules above. REQUIRES: the capture is
  // recorded and has a VM's rows. Also throws RowError for rows that no XML can say.
  void apply(Arrival& arrival, std::int64_t host_id);

  // Stores what drift_of() finds in the VM's row (sync_status, drift_details). Does nothing unless the VM has a live
  // capture, and its newest persistent capture has a document: with only one of the two, apply() has already stored
  // how the rows compare with it.
  void update_drift(const std::string& vm_uuid);

  // Moves the VM's rows to the host where it runs, if it runs on exactly one. If it does not, and the host that the
  // rows are on has undefined it, moves them to the host where it is shut off and that has its newest definition.
  void choose_host(const std::string& vm_uuid);

  // Makes the VM's rows DRIFTED, because the host's libvirt has undefined it. Does nothing if the rows are on another
  // host by now.
  void mark_undefined(const std::string& vm_uuid, std::int64_t host_id);

  // Makes the VM DRIFTED, with the error as the reason why its rows do not follow libvirt. Does nothing if the VM's row
  // refuses that too.
  void mark_failed(const std::string& vm_uuid, const std::runtime_error& error);

  // Fills the VM's rows from its newest captured definition (Captures::newest_document()), and lets them follow libvirt
  // again. Throws StoreError if no document of the VM was captured; std::runtime_error if it is damaged.
  void accept(std::int64_t vm_id);

  // Returns the id of the VM with the UUID, or 0 if there is none.
  std::int64_t find(std::string_view vm_uuid);

 private:
  bool continues(const CaptureResult& capture);
  // Stores what drift_of() finds in the VM's row.
  void store_drift(std::int64_t id);

  Database& database_;
  const Catalog& catalog_;
  RowStore& row_store_;
  RootRows& rows_;
  Captures& captures_;
};

}  // namespace virtsql
