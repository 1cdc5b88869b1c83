#include "hook/recorder.h"

#include <unistd.h>

#include <cstring>
#include <exception>

#include "core/spool/fd.h"
#include "core/spool/redact.h"
#include "core/spool/spool.h"
#include "hook/report.h"

namespace virtsql {
namespace {

// What the record is about, for a message: what is about a whole libvirt has no name.
const std::string& subject_of(const Capture& record) {
  for (const std::string* word : {&record.name, &record.uuid, &record.kind})
    if (!word->empty()) return *word;
  return record.extra;
}

}  // namespace

// What the administrator has just named as secret must be left out of the next record.
void Recorder::refresh_configuration() {
  if (!refresh_secrets(config_)) return;
  report(LOG_NOTICE,
         config_.file_path + " has changed: what it says of `redact` applies now, the rest at the next start");
  for (const ConfigProblem& problem : config_.problems) report(LOG_WARNING, problem.text);
}

bool Recorder::keep(Capture record, bool only_news) {
  refresh_configuration();
  leave_out_secrets(record, config_);
  if (only_news && !known().is_news(record)) return false;
  const Fd folder(spool::open_folder(config_.spool));
  if (folder.get() < 0) {
    fail(spool::open_error(config_.spool, folder.get()), record, only_news);
    return false;
  }
  record.id = spool::allocate_id(folder.get());
  const int error = spool::write(folder.get(), record);
  if (error != 0) {
    fail(config_.spool + ": " + std::strerror(error), record, only_news);
    return false;
  }
  if (!record.kind.empty()) known().remember(record);
  last_failure_.clear();
  if (!record.xml.empty()) ++kept_;
  return true;
}

// News will still be news at the next look, so each new reason is reported once. An event does not come again, so each
// lost one is reported.
void Recorder::fail(const std::string& reason, const Capture& record, bool only_news) {
  failed_ = true;
  if (!only_news)
    report(LOG_ERR, reason + "; " + record.operation + " of " + subject_of(record) + " is not recorded");
  else if (reason != last_failure_)
    report(LOG_ERR, reason + "; what is new is not recorded until it can be written");
  last_failure_ = reason;
}

bool Recorder::spool_is_empty() const {
  const Fd folder(spool::open_folder(config_.spool));
  return folder.get() >= 0 && spool::list(folder.get()).empty();
}

bool Recorder::drain(Wait wait, int patience_milliseconds) {
  memory_.retry();
  try {
    if (drained_ && !memory_.file_changed() && spool_is_empty()) return true;
    drained_ = false;
    const Drained drained =
        virtsql::drain(config_, wait, patience_milliseconds, [&](Database& database) { memory_.check(database); });
    memory_.note_file();
    if (!last_drain_failure_.empty()) report(LOG_NOTICE, "the spool is drained again");
    last_drain_failure_.clear();
    // Who holds the lock need not be a drainer.
    drained_ = drained.left == 0 && !drained.lock_taken;
    return drained_;
  } catch (const std::exception& error) {
    if (error.what() != last_drain_failure_)
      report(LOG_ERR, std::string("the spool cannot be drained: ") + error.what());
    last_drain_failure_ = error.what();
    return false;
  }
}

}  // namespace virtsql
