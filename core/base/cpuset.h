// Sets of host CPUs, or of NUMA cells and other numbers, as libvirt spells them: "0-3,^2,8".
//
// Items stand between commas: a number, a range of two, or either behind ^, which takes it out again, wherever it
// stands (libvirt reads from left to right, but accepts ^ only behind what it takes from). Spaces around items and
// numbers say nothing. Kept as ranges, so that 0-65535 costs what 0-1 does. Tested by tests/core/base/cpuset_test.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace virtsql {

// The highest number in a set; libvirt itself stops at 16384.
inline constexpr unsigned kHighestCpu = 65535;

class Cpuset {
 public:
  // Of empty text the empty set; nullopt for what is no set.
  static std::optional<Cpuset> parse(std::string_view text);

  // Takes in what is in the other.
  void add(const Cpuset& other);
  // Whether all that is in the other is in this one.
  bool holds(const Cpuset& other) const;
  // The numbers, ascending, each once.
  std::vector<unsigned> numbers() const;
  // The set as libvirt writes it: ascending, without ^, a range from two numbers on.
  std::string text() const;

 private:
  struct Range {
    unsigned first;
    unsigned last;
  };
  void add(Range range);
  void remove(Range range);

  std::vector<Range> ranges_;  // ascending; between two of them is a number that is not in the set
};

// The numbers of the set, ascending, each once. Throws std::runtime_error, with words for people, for what is no set.
std::vector<unsigned> cpuset_cpus(std::string_view text);

}  // namespace virtsql
