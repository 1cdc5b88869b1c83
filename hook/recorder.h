// Keeps virtsqld's records: leaves secrets out, gives each an id, makes it durable in the spool, and drains the spool.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "core/libvirt/observer.h"
#include "core/spool/config.h"
#include "hook/drain.h"
#include "hook/memory.h"

namespace virtsql {

class Recorder : public Keeper {
 public:
  // The configuration must outlive the recorder, which follows changes of `redact` in its file.
  explicit Recorder(Config& config) : config_(config), memory_(config) {}

  // Reports what fails: each lost event, but of news (`only_news`) each new reason once, because the next look finds
  // news again.
  bool keep(Capture record, bool only_news) override;
  Known& known() override { return memory_.known(); }

  // Drains the spool. Returns false if the database failed or records were left, which stay in the spool; true if
  // another process holds the lock, because that process drains. Does not open the database, which costs more than to
  // write a record, if nothing waits and the file is as the last drain left it.
  bool drain(Wait wait, int patience_milliseconds = kPatienceMilliseconds);

  Memory& memory() { return memory_; }
  std::size_t kept() const { return kept_; }
  // Whether a record could not be kept since the last call.
  bool take_failed() { return std::exchange(failed_, false); }

 private:
  bool spool_is_empty() const;
  void refresh_configuration();
  void fail(const std::string& reason, const Capture& record, bool only_news);

  Config& config_;
  Memory memory_;
  std::size_t kept_ = 0;
  bool failed_ = false;
  bool drained_ = false;            // the last drain left nothing
  std::string last_failure_;        // of keep(), as reported
  std::string last_drain_failure_;  // of drain(), as reported
};

}  // namespace virtsql
