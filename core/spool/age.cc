#include "core/spool/age.h"

#include <charconv>
#include <system_error>

namespace virtsql {

std::optional<int> days_of(std::string_view age) {
  const auto trim = [&] {
    while (age.starts_with(' ')) age.remove_prefix(1);
    while (age.ends_with(' ')) age.remove_suffix(1);
  };
  trim();
  for (const std::string_view unit : {"days", "day", "d"})
    if (age.ends_with(unit)) {
      age.remove_suffix(unit.size());
      break;
    }
  trim();
  if (age.empty() || age.starts_with('-')) return std::nullopt;
  int days = 0;
  const auto [end, error] = std::from_chars(age.data(), age.data() + age.size(), days);
  if (error != std::errc() || end != age.data() + age.size() || days > kMaxDays) return std::nullopt;
  return days;
}

}  // namespace virtsql
