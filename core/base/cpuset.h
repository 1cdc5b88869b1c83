// Sets of host CPUs (or NUMA cells) as libvirt spells them: "0-3,^2,8".
//
// Items stand between commas: a number, a range of two, or either behind ^, which takes it out again, wherever it
// stands (libvirt reads from left to right, but accepts ^ only behind what it takes from). Tested by
// tests/core/base/cpuset_test.cc.
#pragma once

#include <string_view>
#include <vector>

namespace virtsql {

// The highest number in a set; libvirt itself stops at 16384.
inline constexpr unsigned kHighestCpu = 65535;

// The numbers of the set, ascending, each once. Spaces say nothing; of empty text there are none. Throws
// std::runtime_error, with words for people, for anything that is no such set.
std::vector<unsigned> cpuset_cpus(std::string_view text);

}  // namespace virtsql
