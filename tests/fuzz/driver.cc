// Runs a fuzz target without libFuzzer: every seed, then mutations of the seeds. It does the same again if its
// arguments are the same, so that a failure can be repeated. It takes the part of libFuzzer's command line that the
// tests use:
//
//   fuzz_TARGET [-runs=N] [-seed=S] [-dict=FILE] FILE|FOLDER...
//
// The input that stopped the program is left in the file `crash-TARGET` in the working directory. To repeat the
// failure, give this file as the only input, with -runs=0.
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/fuzz/fuzz.h"

// Has the sanitizers stop the program by abort(), so that keep_input() runs.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "abort_on_error=1:detect_leaks=0"; }
extern "C" const char* __ubsan_default_options();
extern "C" const char* __ubsan_default_options() { return "abort_on_error=1:print_stacktrace=1"; }

namespace {

// One input may take this long. It is enough under the sanitizers on a loaded machine.
constexpr unsigned kSecondsForOne = 120;
// Mutations grow no input beyond this.
constexpr std::size_t kMaxSize = 256U << 10U;

struct {
  std::string file;
  const std::uint8_t* data = nullptr;
  std::size_t size = 0;
} current;

// A signal handler that keeps the input that was running. fopen() and fprintf() are not safe in a signal handler, but
// the program ends here in any case.
void keep_input(int signal) {
  std::FILE* file = std::fopen(current.file.c_str(), "wb");
  if (file) {
    std::fwrite(current.data, 1, current.size, file);
    std::fclose(file);
  }
  std::fprintf(stderr, "%s; the input is in %s\n", signal == SIGALRM ? "one input takes too long" : "stopped",
               current.file.c_str());
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void run(std::string_view input) {
  // Copies the input into a block of exactly its size, so that the address sanitizer finds reads beyond its end.
  const auto copy = std::make_unique<std::uint8_t[]>(input.size());
  std::copy(input.begin(), input.end(), copy.get());
  current.data = copy.get();
  current.size = input.size();
  alarm(kSecondsForOne);
  LLVMFuzzerTestOneInput(copy.get(), input.size());
  alarm(0);
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Reads the entries of a dictionary in libFuzzer's format: name="text", with \" \\ and \xNN.
std::vector<std::string> read_dictionary(const std::string& path) {
  std::ifstream in(path);
  std::vector<std::string> out;
  for (std::string line; std::getline(in, line);) {
    const std::size_t from = line.find('"'), to = line.rfind('"');
    if (line.starts_with('#') || from == to) continue;
    std::string token;
    for (std::size_t at = from + 1; at < to; ++at) {
      if (line[at] == '\\' && line[at + 1] == 'x') {
        token += static_cast<char>(std::stoi(line.substr(at + 2, 2), nullptr, 16));
        at += 3;
      } else {
        if (line[at] == '\\') ++at;
        token += line[at];
      }
    }
    out.push_back(token);
  }
  return out;
}

class Mutator {
 public:
  Mutator(unsigned seed, std::vector<std::string> seeds, std::vector<std::string> tokens)
      : random_(seed), seeds_(std::move(seeds)), tokens_(std::move(tokens)) {}

  // Returns a seed with one to four changes.
  std::string next() {
    std::string out = seeds_[below(seeds_.size())];
    for (std::size_t changes = 1 + below(4); changes > 0; --changes) change(out);
    if (out.size() > kMaxSize) out.resize(kMaxSize);
    return out;
  }

 private:
  // Gives the same numbers on every machine, unlike the standard library's distributions.
  std::size_t below(std::size_t bound) { return bound ? static_cast<std::size_t>(random_() % bound) : 0; }

  // Returns a piece of the text, of up to `longest` bytes.
  std::string piece(const std::string& text, std::size_t longest) {
    const std::size_t from = below(text.size());
    return text.substr(from, 1 + below(longest));
  }

  void change(std::string& text) {
    const std::size_t at = below(text.size() + 1);
    switch (below(9)) {
      case 0:  // a bit
        if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
        break;
      case 1:  // a byte
        if (at < text.size()) text[at] = static_cast<char>(below(256));
        break;
      case 2:  // the end is missing
        text.resize(at);
        break;
      case 3:  // something is missing
        if (at < text.size()) text.erase(at, 1 + below(64));
        break;
      case 4:  // something is there twice
        text.insert(at, piece(text, 400));
        break;
      case 5:  // something of another seed
        text.insert(at, piece(seeds_[below(seeds_.size())], 400));
        break;
      case 6:  // the rest of another seed
        text.replace(at, std::string::npos, piece(seeds_[below(seeds_.size())], kMaxSize));
        break;
      case 7:  // one token more
        if (!tokens_.empty()) text.insert(at, tokens_[below(tokens_.size())]);
        break;
      case 8:  // a token in place of another
        if (!tokens_.empty()) {
          const std::size_t found = text.find(tokens_[below(tokens_.size())], at);
          const std::string& other = tokens_[below(tokens_.size())];
          if (found != std::string::npos) text.replace(found, std::min(other.size(), text.size() - found), other);
        }
        break;
    }
  }

  std::mt19937_64 random_;
  std::vector<std::string> seeds_;
  std::vector<std::string> tokens_;
};

}  // namespace

int main(int argc, char** argv) {
  long runs = 0;
  unsigned seed = 1;
  std::vector<std::string> tokens;
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with("-runs=")) {
      runs = std::atol(argv[i] + 6);
    } else if (argument.starts_with("-seed=")) {
      seed = static_cast<unsigned>(std::atol(argv[i] + 6));
    } else if (argument.starts_with("-dict=")) {
      tokens = read_dictionary(argv[i] + 6);
    } else if (argument.starts_with("-")) {
      std::fprintf(stderr, "%s: unknown option %s\n", argv[0], argv[i]);
      return 2;
    } else if (std::filesystem::is_directory(argv[i])) {
      for (const auto& entry : std::filesystem::recursive_directory_iterator(argv[i]))
        if (entry.is_regular_file()) files.push_back(entry.path());
    } else {
      files.emplace_back(argv[i]);
    }
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) {
    std::fprintf(stderr, "%s: no seeds\n", argv[0]);
    return 2;
  }
  current.file = "crash-" + std::filesystem::path(argv[0]).filename().string();
  for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGALRM}) std::signal(signal, keep_input);

  std::vector<std::string> seeds;
  for (const auto& file : files) {
    if (!std::filesystem::is_regular_file(file)) {
      std::fprintf(stderr, "%s: there is no file %s\n", argv[0], file.c_str());
      return 2;
    }
    seeds.push_back(read_file(file));
    run(seeds.back());
  }
  Mutator mutator(seed, seeds, tokens);
  for (long i = 0; i < runs; ++i) run(mutator.next());
  std::printf("%zu seeds, %ld mutations\n", seeds.size(), runs);
  return 0;
}
