#include "core/base/cpuset.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <string>

namespace virtsql {
namespace {

[[noreturn]] void refuse(std::string_view text) {
  constexpr std::size_t kShown = 80;
  std::string shown(text.substr(0, kShown));
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  throw std::runtime_error("\"" + shown + (text.size() > kShown ? "..." : "") +
                           "\" is no set of CPUs; they are spelled 0-3,^2,8 with numbers up to " +
                           std::to_string(kHighestCpu));
}

}  // namespace

std::vector<unsigned> cpuset_cpus(std::string_view text) {
  std::string spelled;
  for (const char c : text)
    if (c != ' ') spelled += c;
  std::vector<bool> in;
  std::vector<bool> out;
  const char* at = spelled.data();
  const char* const end = at + spelled.size();
  const auto number = [&] {
    unsigned value = 0;
    const auto [behind, error] = std::from_chars(at, end, value);
    if (error != std::errc() || value > kHighestCpu) refuse(text);
    at = behind;
    return value;
  };
  while (at != end) {
    const bool without = *at == '^';
    if (without) ++at;
    const unsigned first = number();
    unsigned last = first;
    if (at != end && *at == '-') {
      ++at;
      last = number();
    }
    if (last < first) refuse(text);
    std::vector<bool>& set = without ? out : in;
    if (set.size() <= last) set.resize(last + 1);
    std::fill(set.begin() + first, set.begin() + last + 1, true);
    if (at == end) break;
    if (*at++ != ',' || at == end) refuse(text);
  }
  std::vector<unsigned> cpus;
  for (unsigned cpu = 0; cpu < in.size(); ++cpu)
    if (in[cpu] && !(cpu < out.size() && out[cpu])) cpus.push_back(cpu);
  return cpus;
}

}  // namespace virtsql
