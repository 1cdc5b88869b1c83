// Sets of host CPUs, or of NUMA cells and other numbers, as libvirt spells them: "0-3,^2,8".
//
// Items are separated by commas. An item is a number or a range of two numbers. An item that begins with ^ is taken out
// of what stands before it: libvirt reads from left to right (virBitmapParse() in src/util/virbitmap.c). Spaces around
// items and numbers are ignored. The set is kept as ranges, so that 0-65535 costs no more than 0-1. Tested by
// tests/core/base/cpuset_test.cc.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace virtsql {

// The highest number that a set can have; libvirt itself stops at 16384.
inline constexpr unsigned kHighestCpu = 65535;

class Cpuset {
 public:
  // Returns the set that the text spells: the empty set for empty text, nullopt if the text is no set.
  static std::optional<Cpuset> parse(std::string_view text);

  // Adds the other set's numbers to this set.
  void add(const Cpuset& other);
  // Whether every number of the other set is in this set.
  bool holds(const Cpuset& other) const;
  // Returns the numbers, ascending, each once.
  std::vector<unsigned> numbers() const;
  // Returns the set as libvirt writes it: ascending, without ^, two or more consecutive numbers as a range.
  std::string text() const;

 private:
  struct Range {
    unsigned first;
    unsigned last;
  };
  void add(Range range);
  void remove(Range range);

  std::vector<Range> ranges_;  // ascending, with at least one number that is not in the set between two ranges
};

// Returns the numbers of the set that the text spells, ascending, each once. Throws std::runtime_error, with a message
// for people, if the text is no set.
std::vector<unsigned> cpuset_cpus(std::string_view text);

}  // namespace virtsql
