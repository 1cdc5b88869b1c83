// Reads the options of virtsql's programs with getopt_long(). An unknown option ends the program before it does
// anything, and so does `--config FILE` if there is no such file: its defaults would be another database, and nothing
// would be secret that FILE was to name.
#pragma once

#include <getopt.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace virtsql {

// A program's name, and its usage in one line as `[OPTION...]`, for messages.
struct Program {
  const char* name;
  const char* usage;
};

// Calls `take(letter)` for each option of the command line; the option's argument is in optarg, where getopt_long()
// puts it. `options` ends in zeroes. --help, -h and --version need not be in it: they are answered here, and the
// program ends with status 0. The program ends with status 2 at an option that is not in `options` or has an empty
// argument, at an argument that is no option, and if the file of `config` is not there.
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
  int at = 0;
  for (int letter = 0; (letter = getopt_long(count, arguments, "h", all, &at)) != -1;) {
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
    // A variable that is not set must not ask for the default.
    if (all[at].has_arg == required_argument && !*optarg) {
      (void)std::fprintf(stderr, "%s: the value of --%s is empty; give one, or leave the option out\n", program.name,
                         all[at].name);
      std::exit(2);
    }
    if (std::string_view(all[at].name) == "config" && access(optarg, F_OK) != 0) {
      (void)std::fprintf(stderr, "%s: --config %s: %s\n", program.name, optarg, std::strerror(errno));
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
