#include "hook/drain.h"

#include <fcntl.h>
#include <sys/file.h>
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
#include "core/store/writer.h"

namespace virtsql {
namespace {

// Records of one transaction: a sync of the disk for many, and not more than fits memory.
constexpr std::size_t kBatch = 256;
constexpr std::size_t kBatchBytes = 16U << 20U;

// Closing the database empties its WAL. One that is larger all the same is held by somebody who reads and reads.
constexpr std::uintmax_t kLargeWal = 16U << 20U;

class Lock {
 public:
  Lock(const std::string& path, Wait wait) {
    fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd_ < 0) throw std::runtime_error(path + ": " + std::strerror(errno));
    while (flock(fd_, wait == Wait::kYes ? LOCK_EX : LOCK_EX | LOCK_NB) != 0) {
      if (errno == EINTR) continue;
      if (errno == EWOULDBLOCK) return;
      throw std::runtime_error(path + ": " + std::strerror(errno));
    }
    held_ = true;
  }
  ~Lock() {
    if (fd_ >= 0) ::close(fd_);
  }
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;
  bool held() const { return held_; }

 private:
  int fd_ = -1;
  bool held_ = false;
};

// Whether it is the database that failed, and not what was to be stored.
bool is_of_the_database(const std::runtime_error& error) {
  const auto* of_sqlite = dynamic_cast<const DatabaseError*>(&error);
  if (!of_sqlite) return false;
  switch (of_sqlite->code & 0xFF) {
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_NOMEM:
    case SQLITE_PERM:
      return true;
    default:
      return false;
  }
}

// A record with its file in the spool.
struct Waiting {
  std::string file;
  spool::Record record;
};

// Stores all of the records or none.
void store_all(Writer& writer, std::span<const Waiting> batch) {
  Transaction transaction(writer.database());
  for (const Waiting& waiting : batch) writer.store().capture(waiting.record);
  transaction.commit();
}

// Stores the records. One that the database refuses for what is in it must not hold up the others: they are then stored
// one by one, and that one without rows.
void store_batch(Writer& writer, std::span<Waiting> batch) {
  try {
    store_all(writer, batch);
  } catch (const std::runtime_error& error) {
    if (is_of_the_database(error)) throw;
    if (batch.size() > 1) {
      for (Waiting& waiting : batch) store_batch(writer, {&waiting, 1});
      return;
    }
    batch.front().record.error = error.what();
    store_all(writer, batch);
  }
}

// The record; nothing of a file that is none, or cannot be read now.
std::optional<spool::Record> read_record(int folder, const std::string& name, Drained& drained) {
  try {
    return spool::read(folder, name);
  } catch (const std::system_error& error) {
    syslog(LOG_ERR, "%s; it is left for later", error.what());
    ++drained.left;
    return {};
  } catch (const std::runtime_error& error) {
    syslog(LOG_ERR, "%s; it is set aside", error.what());
  }
  try {
    spool::set_aside(folder, name);
    ++drained.set_aside;
  } catch (const std::runtime_error& error) {
    syslog(LOG_ERR, "%s", error.what());
    ++drained.left;
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
std::vector<Waiting> read_batch(int folder, std::span<const std::string>& names, std::set<std::string>& tried,
                                Drained& drained) {
  std::vector<Waiting> batch;
  std::size_t bytes = 0;
  for (; !names.empty() && batch.size() < kBatch && bytes < kBatchBytes; names = names.subspan(1)) {
    if (std::optional<spool::Record> record = read_record(folder, names.front(), drained)) {
      bytes += record->xml.size();
      batch.push_back({names.front(), std::move(*record)});
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
      std::vector<Waiting> batch = read_batch(folder, names, tried, drained);
      store_batch(writer, batch);
      // Stored first, removed after: a crash in between finds the ids taken.
      for (const Waiting& waiting : batch) spool::remove(folder, waiting.file);
      drained.stored += batch.size();
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

Drained drain(const Config& config, Wait wait, int patience_milliseconds) {
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
    const Lock lock(config.lock(), wait);
    if (!lock.held()) return drained;
    try {
      Writer writer(config.database, patience_milliseconds);
      drain_locked(folder, writer, tried, drained);
    } catch (const DatabaseError& error) {
      throw std::runtime_error(explained(config, error));
    }
  } while (!list_new(folder, tried).empty());
  drained.warning = warning_of_wal(config);
  if (!drained.warning.empty()) syslog(LOG_WARNING, "%s", drained.warning.c_str());
  return drained;
}

}  // namespace virtsql
