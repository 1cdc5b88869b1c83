// What a piece of work costs, measured in a process of its own: tests compare the costs of n and of 2n things, so that
// the machine's speed does not matter.
#pragma once

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace virtsql::test {

struct Cost {
  double seconds = 0;  // of CPU
  double bytes = 0;    // by which the process grew
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

// How much more 2n things cost than n: 2 where the cost is linear, 4 where it grows with the square. `work` gets the
// number of things. Small costs are noise: they count as `least` seconds.
template <typename Do>
double growth_of_time(std::size_t n, Do work, double least = 0.01) {
  // The least of several runs: what else the machine does only adds.
  const auto cost = [&](std::size_t things) {
    double out = cost_of([&] { work(things); }).seconds;
    for (int again = 0; again < 2; ++again) out = std::min(out, cost_of([&] { work(things); }).seconds);
    return out;
  };
  const double once = cost(n);
  const double twice = cost(2 * n);
  return (twice > least ? twice : least) / (once > least ? once : least);
}

}  // namespace virtsql::test
