// Where virtsqld's records go: secrets left out, numbered, durable in the spool, and drained like the hook's.
#pragma once

#include <cstddef>

#include "core/config.h"
#include "core/spool.h"
#include "hook/drain.h"
#include "hook/known.h"

namespace virtsql {

class Recorder {
 public:
  explicit Recorder(const Config& config) : config_(config), known_(config) {}

  // Every record, or only those that are news. Whether it was kept.
  bool keep(spool::Record record, bool only_news);

  // Whether it was possible. What could not be drained stays in the spool.
  bool drain(Wait wait);

  Known& known() { return known_; }
  std::size_t kept() const { return kept_; }
  bool failed() const { return failed_; }

 private:
  const Config& config_;
  Known known_;
  std::size_t kept_ = 0;
  bool failed_ = false;
};

}  // namespace virtsql
