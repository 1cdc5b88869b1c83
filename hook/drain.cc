#include "hook/drain.h"

#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "core/spool/spool.h"
#include "core/store/lock.h"
#include "core/store/writer.h"

namespace virtsql {
namespace {

// Records of one transaction: a sync of the disk for many, and not more than fits memory.
constexpr std::size_t kBatch = 256;
constexpr std::size_t kBatchBytes = 16U << 20U;

// Closing the database empties its WAL. One that is larger all the same is held by somebody who reads and reads.
constexpr std::uintmax_t kLargeWal = 16U << 20U;

// Puts a record that can never be stored aside, with the reason.
void set_aside(int folder, const std::string& name, const std::string& reason, Drained& drained) {
  try {
    spool::set_aside(folder, name, reason);
    ++drained.set_aside;
    syslog(LOG_ERR, "spool record %s is set aside: %s", name.c_str(), reason.c_str());
  } catch (const std::runtime_error& error) {
    syslog(LOG_ERR, "%s", error.what());
    ++drained.left;
  }
}

// Stores all of the records or none, and then removes them: a crash in between finds the ids taken.
void store_all(int folder, Writer& writer, std::span<const Capture> batch, Rows rows, Drained& drained) {
  Transaction transaction(writer.database());
  for (const Capture& capture : batch) {
    const CaptureResult result = writer.store().capture(capture, rows);
    if (!result.rows_error.empty())
      syslog(LOG_WARNING, "%s: the rows of %s cannot follow: %s", capture.record.c_str(), result.vm_uuid.c_str(),
             result.rows_error.c_str());
  }
  transaction.commit();
  for (const Capture& capture : batch) spool::remove(folder, capture.record);
  drained.stored += batch.size();
}

// Stores one record whatever the rows make of it. One that the database refuses for what is in it is set aside; what is
// wrong with the database, or with the moment, is thrown and leaves the record for later.
void store_one(int folder, Writer& writer, const Capture& capture, std::set<std::string>& tried, Drained& drained) {
  try {
    store_all(folder, writer, {&capture, 1}, Rows::kGuarded, drained);
  } catch (const DatabaseError& error) {
    if (!is_of_the_values(error.code)) throw;
    tried.insert(capture.record);
    set_aside(folder, capture.record, error.what(), drained);
  }
}

// Stores the records: all at once, and where one is refused, each by itself.
void store_batch(int folder, Writer& writer, std::span<const Capture> batch, std::set<std::string>& tried,
                 Drained& drained) {
  try {
    return store_all(folder, writer, batch, Rows::kStrict, drained);
  } catch (const StoreError&) {
    throw;
  } catch (const std::runtime_error& error) {
    if (!is_of_the_rows(error)) throw;
  }
  for (const Capture& capture : batch) store_one(folder, writer, capture, tried, drained);
}

// The record; nothing of a file that is none, or cannot be read now.
std::optional<Capture> read_record(int folder, const std::string& name, Drained& drained) {
  try {
    return spool::read(folder, name);
  } catch (const std::system_error& error) {
    syslog(LOG_ERR, "%s; it is left for later", error.what());
    ++drained.left;
    return {};
  } catch (const std::runtime_error& error) {
    set_aside(folder, name, error.what(), drained);
  }
  return {};
}

// The records that wait, but for those that were tried already.
std::vector<std::string> list_new(int folder, const std::set<std::string>& tried) {
  std::vector<std::string> names = spool::list(folder);
  std::erase_if(names, [&](const std::string& name) { return tried.contains(name); });
  return names;
}

// The next records of the list, which is then shorter by them.
std::vector<Capture> read_batch(int folder, std::span<const std::string>& names, std::set<std::string>& tried,
                                Drained& drained) {
  std::vector<Capture> batch;
  std::size_t bytes = 0;
  for (; !names.empty() && batch.size() < kBatch && bytes < kBatchBytes; names = names.subspan(1)) {
    if (std::optional<Capture> record = read_record(folder, names.front(), drained)) {
      bytes += record->xml.size();
      batch.push_back(std::move(*record));
    } else {
      tried.insert(names.front());
    }
  }
  return batch;
}

// Stores records until there are none but those that could not be read.
void drain_locked(int folder, Writer& writer, std::set<std::string>& tried, Drained& drained) {
  for (auto listed = list_new(folder, tried); !listed.empty(); listed = list_new(folder, tried)) {
    for (std::span<const std::string> names(listed); !names.empty();) {
      const std::vector<Capture> batch = read_batch(folder, names, tried, drained);
      store_batch(folder, writer, batch, tried, drained);
    }
  }
}

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
      drain_locked(folder, writer, tried, drained);
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
