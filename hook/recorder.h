// Where virtsqld's records go: secrets left out, numbered, durable in the spool, and drained like the hook's.
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
  explicit Recorder(const Config& config) : config_(config), memory_(config) {}

  // What fails is reported, once for each new reason.
  bool keep(Capture record, bool only_news) override;
  Known& known() override { return memory_.known(); }

  // Whether it was possible. What could not be drained stays in the spool. To open a database costs more than to write
  // a record: it is not opened if nothing waits and it is as the last drain left it.
  bool drain(Wait wait, int patience_milliseconds = kPatienceMilliseconds);

  Memory& memory() { return memory_; }
  std::size_t kept() const { return kept_; }
  // Whether records could not be kept since the last time this was asked.
  bool take_failed() { return std::exchange(failed_, false); }

 private:
  bool spool_is_empty() const;
  void fail(const std::string& reason, const Capture& record, bool only_news);

  const Config& config_;
  Memory memory_;
  std::size_t kept_ = 0;
  bool failed_ = false;
  bool drained_ = false;            // the last time, all
  std::string last_failure_;        // of keeping
  std::string last_drain_failure_;  // of draining
};

}  // namespace virtsql
