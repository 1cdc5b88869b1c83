// Reads the spool's records ahead, one chunk on a thread of its own, while what was read before is being stored.
//
// All that needs no database is done there: a record is read, and its document parsed and shredded (an Arrival). At
// most two chunks are in memory, and of a large document never a second one.
#pragma once

#include <cstddef>
#include <deque>
#include <future>
#include <span>
#include <string>
#include <vector>

#include "core/spool/capture.h"
#include "core/store/arrival.h"
#include "core/store/recent_documents.h"

namespace virtsql {

class ReadAhead {
 public:
  // Some records, each with what it says. One that could not be read is not among them.
  struct Chunk {
    std::vector<Capture> captures;
    std::deque<Arrival> arrivals;  // of the captures, in their order
    std::size_t bytes = 0;         // of XML

    struct Failure {
      std::string name;
      std::string reason;
      bool passes;  // it could not be read now, which says nothing about what is in it
    };
    std::vector<Failure> failures;
  };

  // `folder`: the spool. `names`: of its records, in the order in which they are to be read. Both must outlive it.
  ReadAhead(int folder, std::span<const std::string> names) : folder_(folder), names_(names) {
    start(std::launch::async);
  }

  // Whether next() has something.
  bool goes_on() const { return task_.valid(); }

  // The next records, in order; waits for them. REQUIRES: goes_on().
  Chunk next();

 private:
  void start(std::launch when);
  Chunk read();

  int folder_;
  std::span<const std::string> names_;  // not read yet
  RecentDocuments documents_;
  std::future<Chunk> task_;
};

}  // namespace virtsql
