#include "core/base/cpuset.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <utility>

#include "core/base/excerpt.h"

namespace virtsql {
namespace {

// Reads the text from the front.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) { skip_spaces(); }

  bool at_end() const { return rest_.empty(); }

  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    skip_spaces();
    return true;
  }

  std::optional<unsigned> number() {
    unsigned out = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), out);
    if (error != std::errc() || out > kHighestCpu) return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    skip_spaces();
    return out;
  }

 private:
  void skip_spaces() {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
  }

  std::string_view rest_;
};

}  // namespace

std::optional<Cpuset> Cpuset::parse(std::string_view text) {
  Cpuset out;
  Reader reader(text);
  if (reader.at_end()) return out;
  do {
    const bool removed = reader.take('^');
    const std::optional<unsigned> first = reader.number();
    // libvirt takes ^ before a single CPU alone (virBitmapParse()).
    const std::optional<unsigned> last = !removed && reader.take('-') ? reader.number() : first;
    if (!first || !last || *last < *first) return std::nullopt;
    if (removed)
      out.remove({*first, *last});
    else
      out.add({*first, *last});
  } while (reader.take(','));
  if (!reader.at_end()) return std::nullopt;
  return out;
}

void Cpuset::add(Range range) {
  // Ranges that overlap the new one, or stand directly before or behind it, are merged with it.
  const auto first = std::partition_point(ranges_.begin(), ranges_.end(),
                                          [&](const Range& one) { return one.last + 1 < range.first; });
  const auto last =
      std::partition_point(first, ranges_.end(), [&](const Range& one) { return one.first <= range.last + 1; });
  if (first != last) {
    range.first = std::min(range.first, first->first);
    range.last = std::max(range.last, std::prev(last)->last);
  }
  ranges_.insert(ranges_.erase(first, last), range);
}

void Cpuset::add(const Cpuset& other) {
  for (const Range& range : other.ranges_) add(range);
}

void Cpuset::remove(Range range) {
  const auto first =
      std::partition_point(ranges_.begin(), ranges_.end(), [&](const Range& one) { return one.last < range.first; });
  const auto last =
      std::partition_point(first, ranges_.end(), [&](const Range& one) { return one.first <= range.last; });
  if (first == last) return;
  std::vector<Range> kept;
  if (first->first < range.first) kept.push_back({first->first, range.first - 1});
  if (std::prev(last)->last > range.last) kept.push_back({range.last + 1, std::prev(last)->last});
  ranges_.insert(ranges_.erase(first, last), kept.begin(), kept.end());
}

bool Cpuset::holds(const Cpuset& other) const {
  return std::all_of(other.ranges_.begin(), other.ranges_.end(), [&](const Range& theirs) {
    return std::any_of(ranges_.begin(), ranges_.end(),
                       [&](const Range& ours) { return ours.first <= theirs.first && theirs.last <= ours.last; });
  });
}

std::vector<unsigned> Cpuset::numbers() const {
  std::vector<unsigned> out;
  for (const Range& range : ranges_)
    for (unsigned number = range.first; number <= range.last; ++number) out.push_back(number);
  return out;
}

std::string Cpuset::text() const {
  std::string out;
  for (const Range& range : ranges_) {
    if (!out.empty()) out += ',';
    out += std::to_string(range.first);
    if (range.last > range.first) out += '-' + std::to_string(range.last);
  }
  return out;
}

std::vector<unsigned> cpuset_cpus(std::string_view text) {
  if (const std::optional<Cpuset> set = Cpuset::parse(text)) return set->numbers();
  throw std::runtime_error(quoted_excerpt(text) + " is no set of CPUs; they are spelled 0-3,^2,8 with numbers up to " +
                           std::to_string(kHighestCpu));
}

}  // namespace virtsql
