#include "hook/recorder.h"

#include <unistd.h>

#include <cstring>
#include <exception>
#include <utility>

#include "core/redact.h"
#include "hook/report.h"

namespace virtsql {

bool Recorder::keep(spool::Record record, bool only_news) {
  leave_out_secrets(record, config_.redact);
  if (only_news && !known_.is_news(record)) return false;
  const int folder = spool::open_folder(config_.spool);
  if (folder < 0) {
    report(LOG_ERR, "%s: %s", config_.spool.c_str(), std::strerror(-folder));
    failed_ = true;
    return false;
  }
  struct Closer {
    int fd;
    ~Closer() { ::close(fd); }
  } closer{folder};
  record.id = spool::allocate_id(folder);
  if (const int error = spool::write(folder, record); error != 0) {
    report(LOG_ERR, "%s: %s; %s of %s is not recorded", config_.spool.c_str(), std::strerror(error),
           record.operation.c_str(), record.name.c_str());
    failed_ = true;
    return false;
  }
  known_.remember(record);
  ++kept_;
  return true;
}

bool Recorder::drain(Wait wait) {
  known_.close();
  try {
    (void)virtsql::drain(config_, wait);
    return true;
  } catch (const std::exception& error) {
    report(LOG_ERR, "the spool cannot be drained: %s", error.what());
    return false;
  }
}

}  // namespace virtsql
