// Measures what a piece of work costs, in a process of its own. Tests compare the cost of n things with that of 4n
// things, so that the machine's speed does not matter.
#pragma once

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#ifdef __SANITIZE_ADDRESS__
extern "C" void __sanitizer_purge_allocator();  // from libasan, whose header for it GCC 12 does not install
#endif

namespace virtsql::test {

// A cost that grows by a power below this counts as linear. It is half-way between linear (1) and square (2).
inline constexpr double kLinear = 1.5;

struct Cost {
  double seconds = 0;  // of CPU time
  double bytes = 0;    // that the process grew by
};

template <typename Do>
Cost cost_of(Do work) {
  const auto used = [] {
    rusage usage = {};
    getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return Cost{seconds(usage.ru_utime) + seconds(usage.ru_stime), static_cast<double>(usage.ru_maxrss) * 1024};
  };
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("no pipe");
  const pid_t child = fork();
  if (child == 0) {
    const Cost before = used();
    work();
    const Cost after = used();
    const Cost cost{after.seconds - before.seconds, after.bytes - before.bytes};
    const bool written = write(ends[1], &cost, sizeof cost) == sizeof cost;
    _exit(written ? 0 : 1);
  }
  Cost cost;
  close(ends[1]);
  const bool whole = read(ends[0], &cost, sizeof cost) == sizeof cost;
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (!whole || status != 0) throw std::runtime_error("the measured work failed");
  return cost;
}

// Returns the power of the number of things by which the CPU time grows: 1 if it is linear, 2 if it grows with the
// square. It is computed from n and 4n things. `work` gets the number of things. A time below `least` seconds is noise
// and counts as `least`.
template <typename Do>
double growth_of_time(std::size_t n, Do work, double least = 0.01) {
#ifdef __SANITIZE_ADDRESS__
  n /= 4;  // with the sanitizer the work takes several times as long, so fewer things are enough
  // The sanitizer keeps what earlier tests have freed, and gives it back when it has much. Which of the measured
  // processes pays for that is chance, so it is given back before.
  __sanitizer_purge_allocator();
#endif
  // Other programs on the machine can only add to the time, so the least of several runs counts. If the time seems to
  // grow too fast, there are more runs. The two sizes run in turns, so that a busy moment does not hit only one of
  // them.
  double once = std::numeric_limits<double>::max();
  double more = once;
  double power = 0;
  for (int round = 0; round < 8 && (round < 2 || power >= kLinear); ++round) {
    once = std::min(once, cost_of([&] { work(n); }).seconds);
    more = std::min(more, cost_of([&] { work(4 * n); }).seconds);
    power = std::log2(std::max(more, least) / std::max(once, least)) / 2;
  }
  return power;
}

}  // namespace virtsql::test
