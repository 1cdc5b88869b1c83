#include "core/virtumancer/check.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <vector>

#include "core/base/cpuset.h"
#include "core/base/letters.h"
#include "core/virtumancer/source.h"
#include "core/virtumancer/text.h"

namespace virtsql::virtumancer {
namespace {

// libvirt makes all controllers below the highest index, and a PCI bus has 8 bits.
constexpr std::uint64_t kHighestIndex = 255;
// What libvirt's type for most numbers can hold.
constexpr std::uint64_t kHighestCount = 2147483647;
// The highest limit of a disk's throughput (QEMU_BLOCK_IOTUNE_MAX in libvirt).
constexpr std::uint64_t kHighestLimit = 1000000000000000;
constexpr std::size_t kProfileSize = 40;
// libvirt's sets of CPUs end below this.
constexpr unsigned kCpusetSize = 16384;

bool all_of(std::string_view text, std::string_view also) {
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_letter_or_digit(c) || also.find(c) != std::string_view::npos; });
}

bool is_hex(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_hex_digit); }

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 18 && std::all_of(text.begin(), text.end(), is_digit);
}

// Whether the text is hexadecimal digits in groups of the given sizes, with `part` between the groups.
bool is_grouped(std::string_view text, std::initializer_list<std::size_t> groups, char part) {
  bool first = true;
  for (const std::size_t size : groups) {
    if (!first) {
      if (text.empty() || text.front() != part) return false;
      text.remove_prefix(1);
    }
    first = false;
    if (text.size() < size || !is_hex(text.substr(0, size))) return false;
    text.remove_prefix(size);
  }
  return text.empty();
}

// Reads what Go, SQLite and JSON write for true and false; nullopt for anything else.
std::optional<bool> truth(std::string_view value) {
  if (one_of(value, "1|true|yes|on")) return true;
  if (one_of(value, "0|false|no|off")) return false;
  return std::nullopt;
}

}  // namespace

bool one_of(std::string_view word, std::string_view list) {
  while (true) {
    const std::size_t bar = list.find('|');
    if (list.substr(0, bar) == word) return !word.empty();
    if (bar == std::string_view::npos) return false;
    list.remove_prefix(bar + 1);
  }
}

std::optional<std::string> checked(std::string_view check, std::string_view value) {
  if (!usable(value)) return std::nullopt;
  const auto where = [&](bool good) { return good ? std::optional<std::string>(value) : std::nullopt; };
  if (check == "text") return where(true);
  if (check == "line") return where(value.find('\n') == std::string_view::npos);
  if (check == "word") return where(all_of(value, "-_"));
  if (check == "device") return where(all_of(value, "-_.:/\\"));
  if (check == "token") return where(all_of(value, "-_."));
  if (check == "filter") return where(all_of(value, "_.:"));
  if (check == "serial") return where(all_of(value, "-_.+ "));
  if (check == "path")
    return where(value.size() > 1 && value.starts_with('/') && value.find('\n') == std::string_view::npos);
  if (check == "number") return where(is_number(value));
  if (one_of(check, "positive|vcpus")) {
    if (value == "0") return "";
    return where(is_number(value) && (check == "positive" || number_of(value) <= kMostVcpus));
  }
  if (check == "count") {
    if (value == "0") return "";
    return where(is_number(value) && number_of(value) <= kHighestCount);
  }
  if (check == "limit") {
    if (value == "0") return "";
    return where(is_number(value) && number_of(value) <= kHighestLimit);
  }
  if (check == "profile") return where(value.size() < kProfileSize && value.find('\n') == std::string_view::npos);
  if (check == "snapshot")
    return where(!value.starts_with('.') && value.find_first_of("/\n") == std::string_view::npos);
  if (check == "signed") {
    if (value == "0") return "";
    return where(is_number(value.starts_with('-') ? value.substr(1) : value));
  }
  if (check == "index") return where(is_number(value) && number_of(value) <= kHighestIndex);
  // The address of one station (unicast): the lowest bit of the first byte is not set.
  if (check == "mac")
    return where(is_grouped(value, {2, 2, 2, 2, 2, 2}, ':') &&
                 std::string_view("02468aAcCeE").find(value[1]) != std::string_view::npos);
  if (check == "uuid") return where(is_grouped(value, {8, 4, 4, 4, 12}, '-'));
  if (check == "cpuset") {
    const std::optional<Cpuset> set = Cpuset::parse(value);
    const std::vector<unsigned> numbers = set ? set->numbers() : std::vector<unsigned>();
    if (numbers.empty() || numbers.back() >= kCpusetSize) return std::nullopt;
    return set->text();
  }
  if (check == "hex") {
    if (value.starts_with("0x")) return where(is_hex(value.substr(2)) && value.size() <= 10);
    std::uint32_t number = 0;
    if (!is_number(value) || std::from_chars(value.data(), value.data() + value.size(), number).ec != std::errc())
      return std::nullopt;
    char digits[16];
    const auto end = std::to_chars(digits, digits + sizeof digits, number, 16).ptr;
    return "0x" + std::string(digits, end);
  }
  if (check == "flag" || check == "yes") {
    const auto true_or_false = truth(value);
    if (!true_or_false) return std::nullopt;
    return *true_or_false ? "yes" : "";
  }
  if (check == "yes_no" || check == "on_off") {
    const auto true_or_false = truth(value);
    if (!true_or_false) return std::nullopt;
    if (check == "on_off") return *true_or_false ? "on" : "off";
    return *true_or_false ? "yes" : "no";
  }
  return where(one_of(value, check));
}

bool is_true(std::string_view value) { return truth(value).value_or(false); }

}  // namespace virtsql::virtumancer
