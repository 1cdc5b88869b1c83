#include "hook/batches.h"

#include <syslog.h>

#include <cassert>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>

#include "core/base/database.h"
#include "core/catalog/catalog.h"

namespace virtsql {
namespace {

// Limits of one transaction: records, and bytes of their XML. They bound the memory that a batch takes.
constexpr std::size_t kBatch = 1024;
constexpr std::size_t kBatchBytes = 16U << 20U;

// Runs the write. Returns whether it failed because of the rows that are in the database, see is_of_the_rows(). Throws
// every other error on: then the database or the moment is at fault, and not the rows.
template <typename Write>
bool is_refused(Write write) {
  try {
    write();
    return false;
  } catch (const StoreError&) {
    throw;
  } catch (const std::runtime_error& error) {
    if (!is_of_the_rows(error)) throw;
    return true;
  }
}

}  // namespace

std::size_t Batches::run() {
  for (auto names = waiting_.list(); !names.empty(); names = waiting_.list()) {
    ReadAhead records(waiting_.folder(), names);
    while (records.goes_on()) store_batch(records);
    removal_.wait();
  }
  return stored_;
}

// Stores the next records that were read ahead in one transaction. If the rows refuse one of them, stores the batch in
// halves.
void Batches::store_batch(ReadAhead& records) {
  std::vector<Capture> batch;
  if (store_read(records, batch))
    remove(batch);
  else
    store_halves(batch);
}

// Stores the next records in one transaction; `batch` gets their captures. Returns false if the rows refuse a record:
// then nothing is stored.
bool Batches::store_read(ReadAhead& records, std::vector<Capture>& batch) {
  Transaction transaction(writer_.database());
  std::size_t bytes = 0;
  while (records.goes_on() && batch.size() < kBatch && bytes < kBatchBytes) {
    ReadAhead::Chunk chunk = records.next();
    give_up(chunk.failures);
    bytes += chunk.bytes;
    const bool refused = is_refused([&] {
      for (Arrival& arrival : chunk.arrivals) store(arrival, IfRowsFail::kThrow);
    });
    chunk.arrivals.clear();
    std::move(chunk.captures.begin(), chunk.captures.end(), std::back_inserter(batch));
    if (refused) return false;
  }
  return !is_refused([&] { transaction.commit(); });
}

void Batches::store_halves(std::span<const Capture> batch) {
  assert(!batch.empty());
  if (batch.size() == 1) return store_one(batch.front());
  for (const auto half : {batch.first(batch.size() / 2), batch.subspan(batch.size() / 2)}) {
    if (is_refused([&] { store_all(half, IfRowsFail::kThrow); }))
      store_halves(half);
    else
      remove(half);
  }
}

// Stores one record even if its rows cannot follow (IfRowsFail::kKeepCapture). Sets the record aside if the database
// refuses its values. Throws if the database or the moment is at fault: then the record stays in the spool for a later
// drain.
void Batches::store_one(const Capture& capture) {
  try {
    store_all({&capture, 1}, IfRowsFail::kKeepCapture);
    remove({&capture, 1});
  } catch (const DatabaseError& error) {
    if (!is_value_error(error.code)) throw;
    waiting_.set_aside(capture.record, error.what());
  }
}

void Batches::store_all(std::span<const Capture> batch, IfRowsFail if_rows_fail) {
  Transaction transaction(writer_.database());
  for (const Capture& capture : batch) {
    Arrival arrival(Catalog::standard(), capture);
    store(arrival, if_rows_fail);
  }
  transaction.commit();
}

void Batches::store(Arrival& arrival, IfRowsFail if_rows_fail) {
  const CaptureResult result = writer_.store().capture(arrival, if_rows_fail);
  if (!result.rows_error.empty())
    syslog(LOG_WARNING, "%s: the rows of %s cannot follow: %s", arrival.capture().record.c_str(),
           result.vm_uuid.c_str(), result.rows_error.c_str());
}

void Batches::give_up(const std::vector<ReadAhead::Chunk::Failure>& failures) {
  for (const ReadAhead::Chunk::Failure& failure : failures) {
    if (failure.is_transient)
      waiting_.leave(failure.name, failure.reason);
    else
      waiting_.set_aside(failure.name, failure.reason);
  }
}

// Starts to remove stored records from the spool. If the program dies before they are removed, the next drain finds
// their ids in `captures` and stores nothing twice.
void Batches::remove(std::span<const Capture> stored) {
  stored_ += stored.size();
  std::vector<std::string> names;
  for (const Capture& capture : stored) names.push_back(capture.record);
  removal_.start(std::move(names));
}

}  // namespace virtsql
