#include "hook/drain.h"

#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <deque>
#include <filesystem>
#include <future>
#include <iterator>
#include <set>
#include <span>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

#include "core/catalog/catalog.h"
#include "core/spool/spool.h"
#include "core/store/arrival.h"
#include "core/store/lock.h"
#include "core/store/recent_documents.h"
#include "core/store/writer.h"

namespace virtsql {
namespace {

// Records of one transaction: a sync of the disk for many, and not more than fits memory.
constexpr std::size_t kBatch = 1024;
constexpr std::size_t kBatchBytes = 16U << 20U;

// Records that are read at a time, and held as trees and rows beside their text.
constexpr std::size_t kChunk = 64;
constexpr std::size_t kChunkBytes = 1U << 20U;

// Threads that remove records, and how many records are worth one. A file system makes whoever removes a file wait, but
// not those who remove others meanwhile.
constexpr std::size_t kRemovers = 4;
constexpr std::size_t kWorthAThread = 32;

// Closing the database empties its WAL. One that is larger all the same is held by somebody who reads and reads.
constexpr std::uintmax_t kLargeWal = 16U << 20U;

// The records that wait, but for those that were tried already.
std::vector<std::string> list_new(int folder, const std::set<std::string>& tried) {
  std::vector<std::string> names = spool::list(folder);
  std::erase_if(names, [&](const std::string& name) { return tried.contains(name); });
  return names;
}

// Removes records that are stored, while the next are being stored.
class Removal {
 public:
  explicit Removal(int folder) : folder_(folder) {}

  // Waits for those that were given before.
  void start(std::vector<std::string> names) {
    wait();
    names_ = std::move(names);
    const std::size_t threads = std::min(names_.size() / kWorthAThread, kRemovers);
    if (threads == 0) remove(0, 1);
    for (std::size_t first = 0; first < threads; ++first) {
      try {
        tasks_.push_back(std::async(std::launch::async, [=, this] { remove(first, threads); }));
      } catch (const std::system_error&) {  // there is no thread to be had now
        remove(first, threads);
      }
    }
  }

  // Until all are removed. Throws std::runtime_error if one stays.
  void wait() {
    for (std::future<void>& task : std::exchange(tasks_, {})) task.get();
  }

 private:
  // Every so many-th, from the first on.
  void remove(std::size_t first, std::size_t step) const {
    for (std::size_t i = first; i < names_.size(); i += step) spool::remove(folder_, names_[i]);
  }

  int folder_;
  std::vector<std::string> names_;
  std::vector<std::future<void>> tasks_;
};

// Some records, each with what it says. One that could not be read is not among them.
struct Chunk {
  std::vector<Capture> captures;
  std::deque<Arrival> arrivals;  // of the captures, in their order
  std::size_t bytes = 0;

  struct Failure {
    std::string name;
    std::string reason;
    bool passes;  // it could not be read now, which says nothing about what is in it
  };
  std::vector<Failure> failures;
};

// Reads the spool's records ahead, one chunk on a thread of its own, while what was read before is being stored.
class Reading {
 public:
  Reading(int folder, std::span<const std::string> names) : folder_(folder), names_(names) {
    start(std::launch::async);
  }

  // Whether next() has something.
  bool goes_on() const { return task_.valid(); }

  Chunk next() {
    Chunk chunk = task_.get();
    // Of a large document there is never a second one in memory.
    start(chunk.bytes > 2 * kChunkBytes ? std::launch::deferred : std::launch::async);
    return chunk;
  }

 private:
  void start(std::launch when) {
    if (names_.empty()) return;
    try {
      task_ = std::async(when, [this] { return read(); });
    } catch (const std::system_error&) {  // there is no thread to be had now
      task_ = std::async(std::launch::deferred, [this] { return read(); });
    }
  }

  Chunk read() {
    Chunk chunk;
    for (; !names_.empty() && chunk.captures.size() < kChunk && chunk.bytes < kChunkBytes; names_ = names_.subspan(1)) {
      const std::string& name = names_.front();
      try {
        chunk.captures.push_back(spool::read(folder_, name));
        chunk.bytes += chunk.captures.back().xml.size();
      } catch (const std::system_error& error) {
        chunk.failures.push_back({name, error.what(), true});
      } catch (const std::runtime_error& error) {
        chunk.failures.push_back({name, error.what(), false});
      }
    }
    for (const Capture& capture : chunk.captures)
      chunk.arrivals.emplace_back(Catalog::standard(), capture, &documents_);
    return chunk;
  }

  int folder_;
  std::span<const std::string> names_;  // not read yet
  RecentDocuments documents_;
  std::future<Chunk> task_;
};

class Drainer {
 public:
  // `tried`: records that are not to be tried again, and in the end those too that could not be stored now.
  Drainer(int folder, Writer& writer, std::set<std::string>& tried, Drained& drained)
      : folder_(folder), writer_(writer), tried_(tried), drained_(drained), removal_(folder) {}

  // Stores records until there are none but those that could not be read.
  void run() {
    for (auto listed = list_new(folder_, tried_); !listed.empty(); listed = list_new(folder_, tried_)) {
      Reading reading(folder_, listed);
      while (reading.goes_on()) store_batch(reading);
      removal_.wait();
    }
  }

 private:
  // Stores the next records that are read, all at once; if the rows refuse one, in parts.
  void store_batch(Reading& reading) {
    std::vector<Capture> batch;
    if (store_read(reading, batch))
      remove(batch);
    else
      store_halves(batch);
  }

  // Stores in one transaction what is read next; `batch` gets what was read. False if the rows refuse a record: then
  // nothing is stored.
  bool store_read(Reading& reading, std::vector<Capture>& batch) {
    Transaction transaction(writer_.database());
    std::size_t bytes = 0;
    while (reading.goes_on() && batch.size() < kBatch && bytes < kBatchBytes) {
      Chunk chunk = reading.next();
      note(chunk.failures);
      bytes += chunk.bytes;
      const bool refused = is_refused([&] {
        for (Arrival& arrival : chunk.arrivals) store(arrival, Rows::kStrict);
      });
      chunk.arrivals.clear();
      std::move(chunk.captures.begin(), chunk.captures.end(), std::back_inserter(batch));
      if (refused) return false;
    }
    return !is_refused([&] { transaction.commit(); });
  }

  void store_halves(std::span<const Capture> batch) {
    assert(!batch.empty());
    if (batch.size() == 1) return store_one(batch.front());
    for (const auto half : {batch.first(batch.size() / 2), batch.subspan(batch.size() / 2)}) {
      if (is_refused([&] { store_all(half, Rows::kStrict); }))
        store_halves(half);
      else
        remove(half);
    }
  }

  // Stores one record whatever the rows make of it. One that the database refuses for what is in it is set aside. What
  // is wrong with the database, or with the moment, is thrown and leaves the record for later.
  void store_one(const Capture& capture) {
    try {
      store_all({&capture, 1}, Rows::kGuarded);
      remove({&capture, 1});
    } catch (const DatabaseError& error) {
      if (!is_of_the_values(error.code)) throw;
      tried_.insert(capture.record);
      set_aside(capture.record, error.what());
    }
  }

  void store_all(std::span<const Capture> batch, Rows rows) {
    Transaction transaction(writer_.database());
    for (const Capture& capture : batch) {
      Arrival arrival(Catalog::standard(), capture);
      store(arrival, rows);
    }
    transaction.commit();
  }

  void store(Arrival& arrival, Rows rows) {
    const CaptureResult result = writer_.store().capture(arrival, rows);
    if (!result.rows_error.empty())
      syslog(LOG_WARNING, "%s: the rows of %s cannot follow: %s", arrival.capture().record.c_str(),
             result.vm_uuid.c_str(), result.rows_error.c_str());
  }

  // Whether what is written is refused by the rows that are there, and not by the database or the moment: that is
  // thrown.
  template <typename Write>
  static bool is_refused(Write write) {
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

  // Records that are stored. A crash before they are removed finds their ids taken.
  void remove(std::span<const Capture> stored) {
    drained_.stored += stored.size();
    std::vector<std::string> names;
    for (const Capture& capture : stored) names.push_back(capture.record);
    removal_.start(std::move(names));
  }

  void note(const std::vector<Chunk::Failure>& failures) {
    for (const Chunk::Failure& failure : failures) {
      tried_.insert(failure.name);
      if (failure.passes) {
        syslog(LOG_ERR, "%s; it is left for later", failure.reason.c_str());
        ++drained_.left;
      } else {
        set_aside(failure.name, failure.reason);
      }
    }
  }

  // Puts a record that can never be stored aside, with the reason.
  void set_aside(const std::string& name, const std::string& reason) {
    try {
      spool::set_aside(folder_, name, reason);
      ++drained_.set_aside;
      syslog(LOG_ERR, "spool record %s is set aside: %s", name.c_str(), reason.c_str());
    } catch (const std::runtime_error& error) {
      syslog(LOG_ERR, "%s", error.what());
      ++drained_.left;
    }
  }

  int folder_;
  Writer& writer_;
  std::set<std::string>& tried_;
  Drained& drained_;
  Removal removal_;
};

// SQLite's words, with what they are about and what to do.
std::string explained(const Config& config, const DatabaseError& error) {
  std::string out = error.what();
  if (!out.starts_with(config.database)) out = config.database + ": " + out;
  const int code = error.code & 0xFF;
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
    out += "; the records stay in " + config.spool + " until it is mended (sqlite3 .recover, or a backup in its place)";
  return out;
}

// What is wrong with a WAL that is large now that nobody writes.
std::string warning_of_wal(const Config& config) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(config.database + "-wal", error);
  if (error || size <= kLargeWal) return {};
  return config.database + "-wal has " + std::to_string(size >> 20U) +
         " MiB: somebody has been reading in one transaction for long, and it cannot shrink before that ends";
}

}  // namespace

Drained drain(const Config& config, Wait wait, int patience_milliseconds, const Attendant& attend) {
  umask(0027);
  Drained drained;
  const int folder = spool::open_folder(config.spool);
  if (folder < 0) throw std::runtime_error(spool::open_error(config.spool, folder));
  struct Closer {
    int fd;
    ~Closer() { ::close(fd); }
  } closer{folder};
  // A record that came after the last look, while its own drainer found the lock taken, is seen by the look after the
  // lock was given back.
  std::set<std::string> tried;
  do {
    const WriterLock lock(config.lock(), wait);
    if (!lock.held()) return drained;
    try {
      Writer writer(config.database, patience_milliseconds);
      if (attend) attend(writer.database());
      Drainer(folder, writer, tried, drained).run();
      if (attend) attend(writer.database());
      writer.checkpoint();
    } catch (const DatabaseError& error) {
      throw std::runtime_error(explained(config, error));
    }
  } while (!list_new(folder, tried).empty());
  drained.warning = warning_of_wal(config);
  if (!drained.warning.empty()) syslog(LOG_WARNING, "%s", drained.warning.c_str());
  return drained;
}

}  // namespace virtsql
