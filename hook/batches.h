// Stores the records that wait in the spool, many in one transaction: the disk is synced once for all of them.
//
// If the rows refuse a record of a batch, the batch is stored in halves, until the one that is refused stands alone:
// its capture is then stored whatever its rows make of it. Only what the database itself refuses is set aside.
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
  // Both must outlive it.
  Batches(Waiting& waiting, Writer& writer) : waiting_(waiting), writer_(writer), removal_(waiting.folder()) {}

  // Stores records, and removes them from the spool, until none waits; how many. Throws std::exception for what is
  // wrong with the database or the moment: the records of the batch in work are then still in the spool.
  std::size_t run();

 private:
  void store_batch(ReadAhead& records);
  bool store_read(ReadAhead& records, std::vector<Capture>& batch);
  void store_halves(std::span<const Capture> batch);
  void store_one(const Capture& capture);
  void store_all(std::span<const Capture> batch, Rows rows);
  void store(Arrival& arrival, Rows rows);
  void give_up(const std::vector<ReadAhead::Chunk::Failure>& failures);
  void remove(std::span<const Capture> stored);

  Waiting& waiting_;
  Writer& writer_;
  Removal removal_;
  std::size_t stored_ = 0;
};

}  // namespace virtsql
