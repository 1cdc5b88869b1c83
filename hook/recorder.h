// Where virtsqld's records go: secrets left out, numbered, durable in the spool, and drained like the hook's.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "core/spool/config.h"
#include "core/spool/spool.h"
#include "hook/drain.h"
#include "hook/known.h"

namespace virtsql {

class Recorder {
 public:
  explicit Recorder(const Config& config) : config_(config), known_(config) {}

  // Keeps every record, or only one that is news; whether it was kept. What fails is reported, once for each new
  // reason.
  bool keep(Capture record, bool only_news);

  // Whether it was possible. What could not be drained stays in the spool.
  bool drain(Wait wait, int patience_milliseconds = kPatienceMilliseconds);

  Known& known() { return known_; }
  std::size_t kept() const { return kept_; }
  // Whether records could not be kept since the last time this was asked.
  bool take_failed() { return std::exchange(failed_, false); }

 private:
  void fail(const std::string& reason, const Capture& record, bool only_news);

  const Config& config_;
  Known known_;
  std::size_t kept_ = 0;
  bool failed_ = false;
  std::string last_failure_;        // of keeping
  std::string last_drain_failure_;  // of draining
};

}  // namespace virtsql
