#include "hook/drain.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "core/catalog.h"
#include "core/spool.h"
#include "core/store.h"

namespace virtsql {
namespace {

// Records of one transaction: a sync of the disk for many, and not more than fits memory.
constexpr std::size_t kBatch = 256;
constexpr std::size_t kBatchBytes = 16U << 20U;

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

// The writer's connection.
class Writer {
 public:
  explicit Writer(const std::string& path)
      : connection_(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE),
        database_(connection_.handle()),
        store_(database_, Catalog::standard()) {
    database_.execute("PRAGMA foreign_keys = ON; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    connection_.keep_wal_files();
    database_.execute("PRAGMA journal_size_limit = 0");
    store_.init();
  }
  Store& store() { return store_; }
  Database& database() { return database_; }

 private:
  Connection connection_;
  Database database_;
  Store store_;
};

bool is_of_the_database(const DatabaseError& error) {
  switch (error.code & 0xFF) {
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

// Stores one record. One that the database refuses for what is in it must not hold up the others: it is kept without
// rows.
void store_record(Writer& writer, spool::Record& record) {
  try {
    writer.store().capture(record);
  } catch (const DatabaseError& error) {
    if (is_of_the_database(error)) throw;
    record.error = error.what();
    writer.store().capture(record);
  } catch (const std::runtime_error& error) {
    record.error = error.what();
    writer.store().capture(record);
  }
}

// Stores records until the spool is empty.
void drain_locked(int folder, Writer& writer, Drained& drained) {
  for (std::vector<std::string> names = spool::list(folder); !names.empty(); names = spool::list(folder)) {
    std::size_t next = 0;
    while (next < names.size()) {
      std::vector<std::string> batch;
      std::size_t bytes = 0;
      {
        Transaction transaction(writer.database());
        for (; next < names.size() && batch.size() < kBatch && bytes < kBatchBytes; ++next) {
          spool::Record record;
          try {
            record = spool::read(folder, names[next]);
          } catch (const std::runtime_error& error) {
            syslog(LOG_ERR, "%s; it is set aside", error.what());
            spool::set_aside(folder, names[next]);
            ++drained.set_aside;
            continue;
          }
          store_record(writer, record);
          bytes += record.xml.size();
          batch.push_back(names[next]);
        }
        transaction.commit();
      }
      // Stored first, removed after: a crash in between finds the ids taken.
      for (const std::string& name : batch) spool::remove(folder, name);
      drained.stored += batch.size();
    }
  }
}

}  // namespace

Drained drain(const Config& config, Wait wait) {
  umask(0027);
  Drained drained;
  const int folder = spool::open_folder(config.spool);
  if (folder < 0) throw std::runtime_error(config.spool + ": " + std::strerror(-folder));
  struct Closer {
    int fd;
    ~Closer() { ::close(fd); }
  } closer{folder};
  // A record that came after the last look, while its own drainer found the lock taken, is seen by the look after the
  // lock was given back.
  do {
    const Lock lock(config.lock(), wait);
    if (!lock.held()) return drained;
    Writer writer(config.database);
    drain_locked(folder, writer, drained);
  } while (!spool::list(folder).empty());
  return drained;
}

}  // namespace virtsql
