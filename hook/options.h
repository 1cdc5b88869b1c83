// Options of our programs, read by getopt_long: one that is not known is an error, and nothing is done.
#pragma once

#include <getopt.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace virtsql {

// What a program says about itself: its name, and its usage as `[OPTION...]`, a line.
struct Program {
  const char* name;
  const char* usage;
};

// Calls `take(letter)` for each option of the command line, in getopt_long's terms (its argument is in optarg). --help
// and --version, which are every program's, are answered here, and the program ends; so it does, with status 2, at an
// option that is not in `options` (which end in zeroes) and at an argument that is none.
template <std::size_t N, typename Take>
void read_options(int count, char** arguments, const Program& program, const option (&options)[N], Take take) {
  option all[N + 2];
  for (std::size_t i = 0; i + 1 < N; ++i) all[i] = options[i];
  all[N - 1] = {"help", no_argument, nullptr, 'h'};
  all[N] = {"version", no_argument, nullptr, 'v'};
  all[N + 1] = {nullptr, 0, nullptr, 0};
  const auto usage = [&](std::FILE* out) {
    (void)std::fprintf(out, "usage: %s %s | --help | --version\n", program.name, program.usage);
  };
  for (int letter = 0; (letter = getopt_long(count, arguments, "", all, nullptr)) != -1;) {
    if (letter == 'h') {
      usage(stdout);
      std::exit(0);
    }
    if (letter == 'v') {
      (void)std::printf("%s %s\n", program.name, VIRTSQL_VERSION);
      std::exit(0);
    }
    if (letter == '?') {
      usage(stderr);
      std::exit(2);
    }
    take(letter);
  }
  if (optind < count) {
    (void)std::fprintf(stderr, "%s: %s is no option\n", program.name, arguments[optind]);
    usage(stderr);
    std::exit(2);
  }
}

}  // namespace virtsql
