// Stores the records that wait in the spool, many in one transaction: the disk is synced once for all of them.
//
// If the rows refuse a record of a batch (a constraint, a row that no XML can say), the batch is split in halves until
// the refused record is alone. Its capture is then stored even if the rows cannot follow it (IfRowsFail::kKeepCapture).
// A record is set aside only if the database refuses even that.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "core/spool/capture.h"
#include "core/store/arrival.h"
#include "core/store/writer.h"
#include "hook/read_ahead.h"
#include "hook/removal.h"
#include "hook/waiting.h"

namespace virtsql {

class Batches {
 public:
  // Both must outlive this object.
  Batches(Waiting& waiting, Writer& writer) : waiting_(waiting), writer_(writer), removal_(waiting.folder()) {}

  // Stores the waiting records and removes them from the spool, until none waits. Returns how many were stored. Throws
  // std::exception if the database fails or cannot be used now (a lock, a full disk), or a stored record cannot be
  // removed: the records of the current batch are then still in the spool.
  std::size_t run();

 private:
  void store_batch(ReadAhead& records);
  bool store_read(ReadAhead& records, std::vector<Capture>& batch);
  void store_halves(std::span<const Capture> batch);
  void store_one(const Capture& capture);
  void store_all(std::span<const Capture> batch, IfRowsFail if_rows_fail);
  void store(Arrival& arrival, IfRowsFail if_rows_fail);
  void give_up(const std::vector<ReadAhead::Chunk::Failure>& failures);
  void remove(std::span<const Capture> stored);

  Waiting& waiting_;
  Writer& writer_;
  Removal removal_;
  std::size_t stored_ = 0;
};

}  // namespace virtsql
