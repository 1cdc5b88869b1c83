// Which capture the rows of a VM follow.
//
//   - Rows that somebody edited are the intent (`managed`): a capture says whether they drifted, and changes nothing
//     else. See root_rows.h for how an edit is known.
//   - Rows that follow libvirt (`imported`) hold the newest persistent capture; as long as there is none, the newest
//   live
//     one.
//   - At `prepare` libvirt says what it is about to start. If its definition is another than the rows', the definition
//     was changed unseen, and is taken; unless libvirt goes on with a VM that ran before (restore, migrate), whose
//     state is what it then says.
//   - Of a VM of which libvirt itself said nothing, an imported document of the running VM is taken as well if it says
//     another definition: who imports one document after the other works with the newest.
//   - The rows of a VM that its host's libvirt forgot stay, DRIFTED. If it runs on, or again, it is transient: they
//     follow what runs.
//   - Right after a capture, sync_status and drift_details say what domain_drift finds.
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
  // All must outlive it.
  Follower(Database& database, const Catalog& catalog, RowStore& row_store, RootRows& rows, Captures& captures)
      : database_(database), catalog_(catalog), row_store_(row_store), rows_(rows), captures_(captures) {}

  // Lets the VM's rows follow what has arrived and is recorded. REQUIRES: it has rows, of a VM.
  void follow(Arrival& arrival, std::int64_t host_id);

  // Says in the VM's row what drift_of() finds, if it is defined and ran: what a capture of the one says of the other
  // only both can tell.
  void judge(const std::string& vm_uuid);

  // Of a VM that several hosts have, the rows are of the one where it runs, else of the one that has the newest
  // definition.
  void place(const std::string& vm_uuid);

  // The host's libvirt has undefined the VM; nothing if its rows are of another host by now.
  void forget(const std::string& vm_uuid, std::int64_t host_id);

  // Says in the VM's row why its rows cannot follow. If even that cannot be written, nothing is.
  void blame(const std::string& vm_uuid, const std::runtime_error& error);

  // Takes the newest captured definition of the VM into the rows, which follow libvirt again. Throws StoreError if
  // nothing was captured of it; std::runtime_error if the document is damaged.
  void accept(std::int64_t vm_id);

  // The id of the VM with the UUID; 0: there is none.
  std::int64_t find(std::string_view vm_uuid);

 private:
  bool continues(const CaptureResult& capture);

  Database& database_;
  const Catalog& catalog_;
  RowStore& row_store_;
  RootRows& rows_;
  Captures& captures_;
};

// Whether an error of following can be of what is in the rows. Otherwise it is of the database or of the moment.
bool is_of_the_rows(const std::runtime_error& error);

}  // namespace virtsql
