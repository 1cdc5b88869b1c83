// Clocks and quantiles.
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

namespace virtsql::bench {

using Clock = std::chrono::steady_clock;

// Seconds since `start`.
inline double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Runs `work` and returns the seconds that it took.
template <typename Work>
double seconds_of(const Work& work) {
  const auto start = Clock::now();
  work();
  return seconds_since(start);
}

inline double quantile(std::vector<double> values, double part) {
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<std::size_t>(part * static_cast<double>(values.size())))];
}
inline double median(const std::vector<double>& values) { return quantile(values, 0.5); }

}  // namespace virtsql::bench
