// Counts how often this thread has taken the costly steps of reading and writing XML. Tests and benchmarks read the
// counters before and after an operation: the difference is what it cost, whatever the speed of the machine.
#pragma once

#include <cstdint>

namespace virtsql {

struct Work {
  std::uint64_t parses = 0;       // bytes read into a tree (xml::Document::parse)
  std::uint64_t shreds = 0;       // a tree made into rows (shred)
  std::uint64_t generations = 0;  // rows made into a whole document (generate)
};

inline thread_local Work work;

}  // namespace virtsql
