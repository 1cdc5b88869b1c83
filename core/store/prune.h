// Retention: captures older than an age go, in transactions so short that nobody waits for them.
//
// What is kept whatever its age, so that what is there now keeps the end of its history:
//
//   - of each thing (a VM, a network, a snapshot, ...: its kind, host, VM and name) the newest persistent and the
//   newest
//     live capture, with a document and without, in the order of arrival and in that of time, and its last undefine;
//   - what the capture_id of any row names: what the rows were made from;
//   - with Keep::kChanges every capture that changed something: a VM's definition, the document of anything else, or
//   that
//     it is there.
//
// Documents that no capture names go. Others that were compressed against one that goes are written anew. The rows of
// an imported VM that libvirt has had no more for longer than the age go; those that somebody edited stay.
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

  // Finds out what is older than that many days and may go, reading all of captures. Works on a connection that must
  // outlive it, with the present schema. Throws DatabaseError.
  Prune(Database& database, const Catalog& catalog, int days, Keep keep);

  // Does some of it in one transaction of at most a tenth of a second, or as part of the caller's. Whether something is
  // left. Others may write between two steps. Throws DatabaseError, with nothing of this step done;
  // the object is of no use then.
  bool step();

  // How many captures have gone so far.
  std::size_t captures() const { return captures_; }
  // What could not be done, as a document is damaged or a row says what no XML can: it stays as it is.
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  class Deadline;
  // What stays and was compressed against one that goes, by that one.
  struct Dependents {
    std::vector<std::int64_t> ids;
    std::int64_t keyframe = 0;  // what they are compressed against from now on; 0: not chosen yet
  };
  void find_captures(Keep keep);
  void keep_changes();
  void find_vms();
  void find_documents();
  bool remove_captures(const Deadline& deadline);
  bool remove_vms(const Deadline& deadline);
  bool remove_documents(const Deadline& deadline);
  bool rebase(Dependents& dependents, const Deadline& deadline);
  bool remove_document(std::int64_t id, const Deadline& deadline);
  bool free_pages(const Deadline& deadline);

  Database& database_;
  const Catalog& catalog_;
  RowStore rows_;
  RootRows root_rows_;
  Documents documents_;
  std::int64_t before_id_;              // a capture with a smaller id is older than the age
  std::vector<std::int64_t> doomed_;    // captures.seq, the oldest last
  std::vector<std::int64_t> gone_vms_;  // virtual_machines.id

  // Of documents, once the captures are gone.
  bool documents_known_ = false;
  std::vector<std::int64_t> orphans_;  // documents.id
  std::map<std::int64_t, Dependents> dependents_;
  std::int64_t last_kept_ = 0;  // the highest id of those that stay: what is made later has a higher one
  std::int64_t last_seq_ = 0;   // the newest capture then: what came later may name an orphan again

  std::size_t captures_ = 0;
  std::vector<std::string> problems_;
};

}  // namespace virtsql
