// Programs, started and timed from outside.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <vector>

namespace virtsql::bench {

struct Launch {
  std::vector<std::string> arguments;
  std::string input = "/dev/null";
  std::string output = "/dev/null";
};

struct Ended {
  int status = 0;
  double seconds = 0;
  double cpu_seconds = 0;
  double peak_mib = 0;  // of its memory
};

// Runs it to its end, whatever its status. Throws std::runtime_error where it does not start.
Ended run(const Launch& launch);
// The same, in milliseconds. Throws where it fails.
double run_ms(const Launch& launch);
// Starts all, one after the other without waiting; milliseconds from the start of each to its end.
std::vector<double> run_at_once(const Launch& launch, std::size_t count);
// What it prints. Throws where it fails.
std::string printed_by(std::vector<std::string> arguments);

// The most memory that this process has had, in MiB.
double peak_mib();

}  // namespace virtsql::bench
