// Starts programs and times them from outside.
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
  double peak_mib = 0;  // the most memory that the program had
};

// Runs a program to its end, whatever its status is. Throws std::runtime_error if it does not start.
Ended run(const Launch& launch);
// Runs a program and returns how many milliseconds it took. Throws std::runtime_error if it does not start or its
// status is not 0.
double run_ms(const Launch& launch);
// Starts the program `count` times, without waiting for one to end before the next starts. Returns the milliseconds
// from the start of each to its end. Throws as run_ms().
std::vector<double> run_at_once(const Launch& launch, std::size_t count);
// Runs a program and returns what it prints. Throws as run_ms().
std::string printed_by(std::vector<std::string> arguments);

// Returns the most memory that this process has had so far, in MiB.
double peak_mib();

}  // namespace virtsql::bench
