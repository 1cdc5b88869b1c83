// Retention: removes captures older than an age, in transactions so short that nobody has to wait for them.
//
// Some captures are kept whatever their age, so that everything that is there now keeps the end of its history:
//
//   - for each thing (a VM, a network, a snapshot, ...: its kind, host, VM and name) and each config (persistent, live)
//     the capture that arrived last, the one with a document that arrived last, and the one with a document that is the
//     newest by time;
//   - the last undefine of each thing;
//   - every capture that the capture_id of a row names: the row was made from it;
//   - of a VM that several hosts defined: the definition before each undefine that stays. It tells whether the
//     undefine ended the VM or only its stay on that host;
//   - with Keep::kChanges, every capture that changed something: a VM's definition, the document of anything else, or
//     whether the thing exists (an undefine, what came after it, the end of a VM that ran on after it). If a document
//     of a VM is damaged, nobody can tell what changed, so all captures of the VM stay.
//
// Documents that no capture names any more are removed. A document that stays but was compressed against one that is
// removed is compressed anew. The rows of an imported VM are removed if libvirt has not had the VM for longer than the
// age; rows that somebody edited stay.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/database.h"
#include "core/catalog/catalog.h"
#include "core/store/documents.h"
#include "core/store/root_rows.h"
#include "core/store/row_store.h"

namespace virtsql {

class Prune {
 public:
  enum class Keep {
    kNewest,
    kChanges,
  };

  // Finds the captures and VMs that may be removed because they are older than `days` days; this reads all of captures.
  // The database must have the present schema. It and the catalog must outlive this object. Throws DatabaseError.
  Prune(Database& database, const Catalog& catalog, int days, Keep keep);

  // Half of the time that a transaction may take. The other half is for the commit, which syncs the disk.
  static constexpr std::chrono::milliseconds kWork{50};

  // Removes some of it, as much as `time` allows, in one transaction or inside the caller's. Returns whether
  // something is left to do. Others may write between two steps. Throws DatabaseError: then nothing of this
  // step is done, and the object must not be used again.
  bool step(std::chrono::microseconds time = kWork);

  // How many captures have been removed so far.
  std::size_t captures() const { return captures_; }
  // What could not be removed because a document is damaged or a row says what no XML can: it stays as it is.
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  class Deadline;
  // The documents that stay but are compressed against one orphan. dependents_ has them by that orphan's documents.id.
  struct Dependents {
    std::vector<std::int64_t> ids;
    std::int64_t keyframe = 0;  // the document that they are compressed against from now on; 0: not chosen yet
  };
  void find_captures(Keep keep);
  void keep_changes();
  void find_vms();
  void find_documents();
  bool remove_captures(const Deadline& deadline);
  bool remove_vms(const Deadline& deadline);
  bool remove_documents(const Deadline& deadline);
  bool rebase(Dependents& dependents, const Deadline& deadline);
  bool finish_document(std::int64_t id, const Deadline& deadline);
  bool free_pages(const Deadline& deadline);

  Database& database_;
  const Catalog& catalog_;
  RowStore rows_;
  RootRows root_rows_;
  Documents documents_;
  std::int64_t before_id_;              // captures with a smaller id are older than the age
  std::vector<std::int64_t> doomed_;    // captures.seq, the oldest last
  std::vector<std::int64_t> gone_vms_;  // virtual_machines.id

  // About documents. Filled in once the captures are removed.
  bool documents_known_ = false;
  std::vector<std::int64_t> orphans_;  // documents.id of documents that no capture names
  std::map<std::int64_t, Dependents> dependents_;
  std::int64_t last_kept_ = 0;  // the highest id of a document that stays; later documents have higher ids
  std::int64_t last_seq_ = 0;   // the newest capture at that time; later captures may name an orphan again

  std::size_t captures_ = 0;
  std::vector<std::string> problems_;
};

}  // namespace virtsql
