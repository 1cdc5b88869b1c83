#include "hook/drain.h"

#include <syslog.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include "core/spool/fd.h"
#include "core/spool/spool.h"
#include "core/store/writer.h"
#include "hook/batches.h"
#include "hook/waiting.h"

namespace virtsql {
namespace {

// The WAL size in bytes above which a drain warns. The end of a drain empties the WAL; if it is still larger than this,
// a reader keeps one transaction open.
constexpr std::uintmax_t kLargeWal = 16U << 20U;

// SQLite's message with the database's path and, if the database is damaged, what to do.
std::string explained(const Config& config, const DatabaseError& error) {
  std::string out = error.what();
  if (!out.starts_with(config.database)) out = config.database + ": " + out;
  const int code = error.primary();
  if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
    out += "; the records stay in " + config.spool + " until it is mended (sqlite3 .recover, or a backup in its place)";
  return out;
}

// The warning about a WAL that is large although the drain is over; empty if it is not.
std::string warning_of_wal(const Config& config) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(config.database + "-wal", error);
  if (error || size <= kLargeWal) return {};
  return config.database + "-wal has " + std::to_string(size >> 20U) +
         " MiB: somebody has been reading in one transaction for long, and it cannot shrink before that ends";
}

}  // namespace

Drained drain(const Config& config, Wait wait, int patience_milliseconds, const Attendant& attend) {
  const Fd folder(spool::open_folder(config.spool));
  if (folder.get() < 0) throw std::runtime_error(spool::open_error(config.spool, folder.get()));
  Waiting waiting(folder.get());
  Drained drained;
  // A record may come after the last look at the spool while the lock is still held: the drainer that its hook starts
  // finds the lock taken and ends. So the spool is looked at again once the lock is released.
  do {
    const FileLock lock(config.lock_path(), wait);
    if (!lock.held()) {
      drained.lock_taken = true;
      return drained;
    }
    try {
      Writer writer(config.database, patience_milliseconds);
      if (attend) attend(writer.database());
      drained.stored += Batches(waiting, writer).run();
      drained.set_aside = waiting.aside();
      drained.left = waiting.left();
      drained.why_left = waiting.why_left();
      if (attend) attend(writer.database());
      writer.checkpoint();
    } catch (const DatabaseError& error) {
      throw std::runtime_error(explained(config, error));
    }
  } while (!waiting.list().empty());
  drained.warning = warning_of_wal(config);
  if (!drained.warning.empty()) syslog(LOG_WARNING, "%s", drained.warning.c_str());
  return drained;
}

}  // namespace virtsql
