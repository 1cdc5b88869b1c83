#include "core/base/version.h"

#include <charconv>
#include <cstdint>

#include "core/base/program_version.h"

namespace virtsql {
namespace {

// Removes the number at the front of the text, and the one character behind it, the separator. Returns the number, 0 if
// there is none.
std::uint64_t take_number(std::string_view& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.empty()) text.remove_prefix(1);
  return error == std::errc() ? number : 0;
}

std::weak_ordering compare_numbers(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    const std::uint64_t x = take_number(a);
    const std::uint64_t y = take_number(b);
    if (x != y) return x <=> y;
  }
  return std::weak_ordering::equivalent;
}

}  // namespace

std::string_view program_version() { return VIRTSQL_PROGRAM_VERSION; }

std::weak_ordering compare_versions(std::string_view a, std::string_view b) {
  const std::size_t commits_a = a.find('+');
  const std::size_t commits_b = b.find('+');
  const std::weak_ordering numbers = compare_numbers(a.substr(0, commits_a), b.substr(0, commits_b));
  if (std::is_neq(numbers)) return numbers;
  const auto commits = [](std::string_view version, std::size_t plus) {
    std::string_view count = plus == std::string_view::npos ? std::string_view() : version.substr(plus + 1);
    return take_number(count);
  };
  return commits(a, commits_a) <=> commits(b, commits_b);
}

}  // namespace virtsql
