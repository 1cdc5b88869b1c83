// Reads the spool's records ahead: a thread of its own reads the next chunk while the caller stores the one before.
//
// The thread does all that needs no database: it reads a record, and parses and shreds its document (an Arrival). At
// most two chunks are in memory. While a chunk with a large document is being stored, nothing is read ahead.
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
  // Some records, each with its Arrival. A record that could not be read is in `failures` instead.
  struct Chunk {
    std::vector<Capture> captures;
    std::deque<Arrival> arrivals;  // one for each capture, in the same order
    std::size_t bytes = 0;         // of XML

    struct Failure {
      std::string name;
      std::string reason;
      bool is_transient;  // true: it could not be read now; false: it can never be stored
    };
    std::vector<Failure> failures;
  };

  // `folder`: the spool. `names`: the records to read, in this order. Both must outlive this object.
  ReadAhead(int folder, std::span<const std::string> names) : folder_(folder), names_(names) {
    start(std::launch::async);
  }

  // Whether there is another chunk.
  bool goes_on() const { return task_.valid(); }

  // Returns the next chunk; waits until it is read. REQUIRES: goes_on().
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
