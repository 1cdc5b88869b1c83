// How often the costly steps of reading and writing XML were taken on this thread. Tests and benchmarks take the
// difference of two readings: what one operation cost, whatever the machine.
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
